# Home, agreement, qualification.
