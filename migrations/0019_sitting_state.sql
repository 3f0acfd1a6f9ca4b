-- What is prepared is not what candidates see: a sitting is a draft until it is published. Those that are there already have
-- been seen. (A program of the version before writes none of this column; its sittings are published at once, as ever.)
ALTER TABLE sitting ADD COLUMN state TEXT NOT NULL DEFAULT 'published'
    CHECK (state IN ('draft', 'published', 'closed', 'archived'));
