-- Lists of money in their own order: without these a page sorted a whole school's orders, and all refunds of the nation.
CREATE INDEX payment_order_newest ON payment_order (school, id DESC);
CREATE INDEX refund_newest ON refund (id, school);
