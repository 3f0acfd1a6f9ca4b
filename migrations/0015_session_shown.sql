-- Which record a page of this session showed last, as 'school-record': a form without marks acts only on that one (R19).
ALTER TABLE session ADD COLUMN record_shown TEXT;
ALTER TABLE session ADD COLUMN review_shown TEXT;
