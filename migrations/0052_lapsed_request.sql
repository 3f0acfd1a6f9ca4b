-- A request for a refund that nobody decided in time. It stays 'asked', because nobody decided it: this is when whoever
-- asked was told.
ALTER TABLE refund_request ADD COLUMN lapsed_at BIGINT;
CREATE INDEX refund_request_lapsing ON refund_request (expires_at) WHERE state = 'asked' AND lapsed_at IS NULL;
-- What somebody asked for, the newest first.
CREATE INDEX refund_request_person ON refund_request (requester_person, id);
