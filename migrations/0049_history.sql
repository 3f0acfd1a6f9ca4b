-- Whose file a row of a roster came from, on the page of its student.
CREATE INDEX upload_import ON upload (import_id);
