-- What /metrics counts of the waiting list: without it every count walked through all places of the sitting.
CREATE INDEX standby_ended ON standby (sitting, ended_for);
