-- PostgreSQL without statistics (a fresh database, until autovacuum comes) takes any index that a statement's conditions allow
-- for as good as the primary key: a look-up by key walked all live registrations, one by one. So no other index may serve one:
-- a partial index asks for the column it is there for (its statements do, look-ups by key do not), and no other index begins
-- with the columns of a key. A test looks at the plan of every look-up.

DROP INDEX registration_release;
CREATE INDEX registration_release ON registration (release_at) WHERE state = 'live' AND release_at IS NOT NULL;
DROP INDEX registration_student;
CREATE UNIQUE INDEX registration_student ON registration (document_key, school, sitting)
    WHERE state = 'live' AND document_key IS NOT NULL;

DROP INDEX entry_subject;
CREATE UNIQUE INDEX entry_subject ON entry (registration_id, school, subject)
    WHERE state IN ('held', 'paid') AND registration_id IS NOT NULL;
DROP INDEX entry_level;
CREATE UNIQUE INDEX entry_level ON entry (registration_id, school, level)
    WHERE state IN ('held', 'paid') AND mode = 'written' AND registration_id IS NOT NULL;
DROP INDEX entry_registration;
CREATE INDEX entry_registration ON entry (registration_id, school, id);
DROP INDEX entry_due;
CREATE INDEX entry_due ON entry (expires_at) WHERE state = 'held' AND expires_at IS NOT NULL;
DROP INDEX entry_paid;
CREATE INDEX entry_paid ON entry (pool_school, sitting, campus, subject) WHERE state = 'paid' AND pool_school IS NOT NULL;

DROP INDEX payment_order_open;
CREATE UNIQUE INDEX payment_order_open ON payment_order (registration_id, school)
    WHERE state = 'open' AND registration_id IS NOT NULL;
DROP INDEX payment_order_number;
CREATE UNIQUE INDEX payment_order_number ON payment_order (number, school);
DROP INDEX payment_order_registration;
CREATE INDEX payment_order_registration ON payment_order (registration_id, school, id);
DROP INDEX collective_payment_due;
CREATE INDEX collective_payment_due ON collective_payment (locks_until) WHERE state = 'open' AND locks_until IS NOT NULL;
DROP INDEX staff_rebind_open;
CREATE UNIQUE INDEX staff_rebind_open ON staff_rebind (registration_id, school)
    WHERE state = 'asked' AND registration_id IS NOT NULL;

DROP INDEX eligibility_review_document;
CREATE INDEX eligibility_review_document ON eligibility_review (document_key, school, sitting, id);
DROP INDEX eligibility_review_school;
CREATE UNIQUE INDEX eligibility_review_school ON eligibility_review (document_key, school, sitting)
    WHERE origin = 'school' AND document_key IS NOT NULL;

DROP INDEX seat_assignment_place;
CREATE UNIQUE INDEX seat_assignment_place ON seat_assignment (session, room, seat, arrangement_id, school);
DROP INDEX seat_assignment_ticket;
CREATE UNIQUE INDEX seat_assignment_ticket ON seat_assignment (ticket, school, arrangement_id);
