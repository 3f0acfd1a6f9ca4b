-- A refund that somebody made in the gateway's own console is in the books once finance has settled it: the row in suspense that
-- told of it.
ALTER TABLE refund ADD COLUMN suspense_id BIGINT;
CREATE UNIQUE INDEX refund_of_suspense ON refund (suspense_id, school) WHERE suspense_id IS NOT NULL;
-- What was settled as such a refund before kept no sum: it waits for finance again, and the audit log keeps who settled it.
UPDATE suspense
   SET state = 'open', settled_as = NULL, settled_by = NULL, settled_at = NULL, note = ''
 WHERE reason = 'refunded'
   AND state = 'settled'
   AND settled_as IN ('ours', 'refund');
