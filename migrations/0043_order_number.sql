-- On a database without statistics PostgreSQL takes, of two indexes that cost the same, the one made last. An order
-- looked up by its number has to go by the number, not through all orders of the school, so its index is made again.
DROP INDEX payment_order_number;
CREATE UNIQUE INDEX payment_order_number ON payment_order (number, school);
