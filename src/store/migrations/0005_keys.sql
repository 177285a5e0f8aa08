-- Up Migration
-- Secrets that the installation makes for itself, one for each purpose.
CREATE TABLE own_keys (
  purpose text PRIMARY KEY,
  key bytea NOT NULL
);

-- Down Migration
DROP TABLE own_keys;
