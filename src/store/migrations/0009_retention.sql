-- Up Migration
-- Executions and for how long they are kept, so that what is due is found without asking for each.
CREATE TABLE kept_executions (
  -- Namespace and task queue: executions of other installations are none of our business.
  home text NOT NULL,
  execution_id text NOT NULL,
  -- Of the definition that it began with; null: the installation's default.
  keep_ms bigint,
  -- It had not ended before this moment, in milliseconds since 1970.
  open_until_ms bigint NOT NULL,
  -- A process looks after it until then.
  claimed_until_ms bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (home, execution_id)
);
CREATE INDEX kept_executions_due ON kept_executions (home, (open_until_ms + keep_ms)) WHERE keep_ms IS NOT NULL;
CREATE INDEX kept_executions_due_by_default ON kept_executions (home, open_until_ms) WHERE keep_ms IS NULL;

-- How far the search for executions that nobody wrote down has come.
CREATE TABLE retention_scans (
  home text PRIMARY KEY,
  scanned_until_ms bigint NOT NULL,
  claimed_until_ms bigint NOT NULL
);

-- What is left of a deleted execution: that there was one. Ids of others' choosing may say anything, so only a hash is kept.
CREATE TABLE purged_executions (
  id_hash bytea PRIMARY KEY,
  purged_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX idempotency_execution ON idempotency (execution_id);

-- Down Migration
DROP INDEX idempotency_execution;
DROP TABLE purged_executions;
DROP TABLE retention_scans;
DROP TABLE kept_executions;
