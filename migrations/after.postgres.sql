-- Room on the page for updates in place, and early vacuuming, for the rows that change most (store.md, pitfalls).
ALTER TABLE seat_pool SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE session SET (fillfactor = 80);
ALTER TABLE registration SET (fillfactor = 85);
ALTER TABLE entry SET (fillfactor = 85);
-- Each row lives for seconds: its place is free again before the next few thousand come.
ALTER TABLE audit_todo SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- The log only grows (S7, TH62): a statement that is wrong, or is not ours, changes and takes out nothing. Who takes this
-- away first is found by the chain.
CREATE OR REPLACE FUNCTION log_only_grows() RETURNS TRIGGER LANGUAGE plpgsql AS
'BEGIN RAISE EXCEPTION ''% only grows'', TG_TABLE_NAME; END';
CREATE OR REPLACE TRIGGER audit_log_only_grows BEFORE UPDATE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION log_only_grows();
CREATE OR REPLACE TRIGGER audit_chain_only_grows BEFORE UPDATE OR TRUNCATE ON audit_chain
    FOR EACH STATEMENT EXECUTE FUNCTION log_only_grows();
-- What an archive holds (audit_anchor) may be cut, and nothing else.
CREATE OR REPLACE FUNCTION log_line_stays() RETURNS TRIGGER LANGUAGE plpgsql AS
'BEGIN
    IF NOT EXISTS (SELECT 1 FROM audit_chain c JOIN audit_anchor a ON a.school = c.school AND a.place >= c.place
                    WHERE c.school = OLD.school AND c.audit_id = OLD.id) THEN
        RAISE EXCEPTION ''% only grows'', TG_TABLE_NAME;
    END IF;
    RETURN OLD;
END';
CREATE OR REPLACE FUNCTION log_link_stays() RETURNS TRIGGER LANGUAGE plpgsql AS
'BEGIN
    IF NOT EXISTS (SELECT 1 FROM audit_anchor a WHERE a.school = OLD.school AND a.place >= OLD.place) THEN
        RAISE EXCEPTION ''% only grows'', TG_TABLE_NAME;
    END IF;
    RETURN OLD;
END';
CREATE OR REPLACE TRIGGER audit_log_stays BEFORE DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION log_line_stays();
CREATE OR REPLACE TRIGGER audit_chain_stays BEFORE DELETE ON audit_chain
    FOR EACH ROW EXECUTE FUNCTION log_link_stays();
-- So does what a passport agreed to (A11).
CREATE OR REPLACE TRIGGER consent_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON consent
    FOR EACH STATEMENT EXECUTE FUNCTION log_only_grows();
