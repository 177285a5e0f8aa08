-- Up Migration
-- Tools that running processes bring along. A row counts for as long as its process says that it lives.
CREATE TABLE registered_tools (
  home text NOT NULL,
  owner uuid NOT NULL,
  tool text NOT NULL,
  provider text NOT NULL,
  terms jsonb NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (home, owner, tool, provider)
);

-- Down Migration
DROP TABLE registered_tools;
