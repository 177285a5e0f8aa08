-- Up Migration
-- Absent: the content stands there as it is, from before values were encrypted.
ALTER TABLE blobs ADD COLUMN key_id text;

-- Keys that have encrypted something here: a process that lacks one of them does not start.
CREATE TABLE encryption_keys (
  key_id text PRIMARY KEY,
  first_used_at timestamptz NOT NULL DEFAULT now(),
  -- Executions that began before may hold plaintext; the earliest counts.
  plaintext_until timestamptz NOT NULL
);

-- Down Migration
DROP TABLE encryption_keys;
ALTER TABLE blobs DROP COLUMN key_id;
