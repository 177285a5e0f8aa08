-- Up Migration
-- Keys of the API; only hashes are kept. A revoked key stays, so that the audit log can be read.
CREATE TABLE api_keys (
  id text PRIMARY KEY,
  name text NOT NULL,
  owner text NOT NULL,
  roles text[] NOT NULL,
  groups text[] NOT NULL DEFAULT '{}',
  hash bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
);
CREATE INDEX api_keys_owner ON api_keys (owner);

-- Who has signed in with a browser. Without its key, or past its end, a session counts for nothing.
CREATE TABLE sessions (
  hash bytea PRIMARY KEY,
  key_id text REFERENCES api_keys (id) ON DELETE CASCADE,
  -- Of a token: who it named, since no key can be asked again.
  caller jsonb,
  expires_at timestamptz NOT NULL,
  CHECK ((key_id IS NULL) <> (caller IS NULL))
);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

-- Down Migration
DROP TABLE sessions;
DROP TABLE api_keys;
