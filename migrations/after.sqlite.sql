-- The log only grows (S7, TH62), as in after.postgres.sql.
CREATE TRIGGER IF NOT EXISTS audit_log_is_not_changed BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit_log only grows'); END;
CREATE TRIGGER IF NOT EXISTS audit_log_is_not_shortened BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit_log only grows'); END;
CREATE TRIGGER IF NOT EXISTS audit_chain_is_not_changed BEFORE UPDATE ON audit_chain
BEGIN SELECT RAISE(ABORT, 'audit_chain only grows'); END;
CREATE TRIGGER IF NOT EXISTS audit_chain_is_not_shortened BEFORE DELETE ON audit_chain
BEGIN SELECT RAISE(ABORT, 'audit_chain only grows'); END;
-- So does what a passport agreed to (A11).
CREATE TRIGGER IF NOT EXISTS consent_is_not_changed BEFORE UPDATE ON consent
BEGIN SELECT RAISE(ABORT, 'consent only grows'); END;
CREATE TRIGGER IF NOT EXISTS consent_is_not_shortened BEFORE DELETE ON consent
BEGIN SELECT RAISE(ABORT, 'consent only grows'); END;
