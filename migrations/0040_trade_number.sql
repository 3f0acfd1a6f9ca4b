-- Finance finds an order by the number that its gateway gave the trade, whatever the school.
CREATE INDEX receipt_trade_number ON receipt (trade_no, school);
