-- What a candidate is told of an open order: when they came back from its gateway, and what that last answered.
ALTER TABLE payment_order ADD COLUMN returned_at BIGINT;
ALTER TABLE payment_order ADD COLUMN answer TEXT CHECK (answer IN ('waiting', 'missing', 'declined', 'silence'));
ALTER TABLE payment_order ADD COLUMN answered_at BIGINT;
