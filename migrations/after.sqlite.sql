-- The log only grows (S7, TH62), and what an archive holds may be cut, as in after.postgres.sql.
CREATE TRIGGER IF NOT EXISTS audit_log_is_not_changed BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit_log only grows'); END;
DROP TRIGGER IF EXISTS audit_log_is_not_shortened;
CREATE TRIGGER audit_log_is_not_shortened BEFORE DELETE ON audit_log
WHEN NOT EXISTS (SELECT 1 FROM audit_chain c JOIN audit_anchor a ON a.school = c.school AND a.place >= c.place
                  WHERE c.school = OLD.school AND c.audit_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'audit_log only grows'); END;
CREATE TRIGGER IF NOT EXISTS audit_chain_is_not_changed BEFORE UPDATE ON audit_chain
BEGIN SELECT RAISE(ABORT, 'audit_chain only grows'); END;
DROP TRIGGER IF EXISTS audit_chain_is_not_shortened;
CREATE TRIGGER audit_chain_is_not_shortened BEFORE DELETE ON audit_chain
WHEN NOT EXISTS (SELECT 1 FROM audit_anchor a WHERE a.school = OLD.school AND a.place >= OLD.place)
BEGIN SELECT RAISE(ABORT, 'audit_chain only grows'); END;
-- So does what a passport agreed to (A11).
CREATE TRIGGER IF NOT EXISTS consent_is_not_changed BEFORE UPDATE ON consent
BEGIN SELECT RAISE(ABORT, 'consent only grows'); END;
CREATE TRIGGER IF NOT EXISTS consent_is_not_shortened BEFORE DELETE ON consent
BEGIN SELECT RAISE(ABORT, 'consent only grows'); END;
