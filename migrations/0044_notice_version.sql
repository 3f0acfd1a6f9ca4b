-- Which version of the notice about personal data (A1, PIPL 17) stood on the form by which the passport was registered; 0: of
-- before there was one. When: created_at.
ALTER TABLE passport ADD COLUMN notice_version BIGINT NOT NULL DEFAULT 0;
