-- Up Migration
-- Agents of an installation: what was registered, what somebody has set, and when their process was last heard of.
CREATE TABLE agents (
  -- Namespace and task queue.
  home text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  type text NOT NULL,
  pool text NOT NULL,
  capabilities text[] NOT NULL,
  max_concurrency integer NOT NULL CHECK (max_concurrency > 0),
  priority text NOT NULL,
  config jsonb NOT NULL DEFAULT '{}',
  metadata jsonb NOT NULL DEFAULT '{}',
  version integer NOT NULL DEFAULT 1,
  registered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- A status that somebody has set, which stands beside the derived one until its time is over.
  set_status text,
  set_metadata jsonb,
  set_by text,
  set_until timestamptz,
  -- Of the process that is this agent; null: there was none yet. An orderly end clears `seen_at`.
  owner uuid,
  build text,
  started_at timestamptz,
  seen_at timestamptz,
  in_flight integer NOT NULL DEFAULT 0,
  draining boolean NOT NULL DEFAULT false,
  PRIMARY KEY (home, id)
);

-- What became of tasks, for lists and figures. Temporal is the truth about those that run.
CREATE TABLE agent_tasks (
  home text NOT NULL,
  id text NOT NULL,
  -- What was asked for; the type is null where any agent with the capability may do it.
  type text,
  capability text NOT NULL,
  priority text NOT NULL,
  state text NOT NULL,
  reason text,
  -- Who does it, and why: pools with their scores.
  agent_id text,
  pool text,
  decision jsonb,
  parent_id text,
  requested_by text,
  -- Words of the asker, sealed with the key, or as they are.
  description bytea,
  key_id text,
  deadline_at timestamptz,
  submitted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_at timestamptz,
  ended_at timestamptz,
  attempts integer NOT NULL DEFAULT 0,
  input_tokens bigint NOT NULL DEFAULT 0,
  output_tokens bigint NOT NULL DEFAULT 0,
  cost_usd numeric NOT NULL DEFAULT 0,
  approvals_asked integer NOT NULL DEFAULT 0,
  approvals_given integer NOT NULL DEFAULT 0,
  error_type text,
  PRIMARY KEY (home, id)
);
CREATE INDEX agent_tasks_by_time ON agent_tasks (home, submitted_at DESC, id);
CREATE INDEX agent_tasks_by_agent ON agent_tasks (home, agent_id, ended_at);
CREATE INDEX agent_tasks_by_end ON agent_tasks (home, ended_at);
CREATE INDEX agent_tasks_open ON agent_tasks (home, pool) WHERE ended_at IS NULL;

-- The ledger of messages: one row per message and receiver.
CREATE TABLE agent_messages (
  home text NOT NULL,
  id text NOT NULL,
  sender text NOT NULL,
  receiver text NOT NULL,
  type text NOT NULL,
  priority text NOT NULL,
  correlation_id text,
  state text NOT NULL,
  reason text,
  -- Payload and answer, each sealed with its key, or as they are.
  payload bytea,
  payload_key_id text,
  answer bytea,
  answer_key_id text,
  task_id text,
  answer_by timestamptz,
  expires_at timestamptz,
  sent_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- When the receiver's inbox was told; null: it has to be told yet.
  told_at timestamptz,
  delivered_at timestamptz,
  settled_at timestamptz,
  PRIMARY KEY (home, id)
);
CREATE INDEX agent_messages_open ON agent_messages (home, receiver, sent_at) WHERE settled_at IS NULL;
CREATE INDEX agent_messages_by_receiver ON agent_messages (home, receiver, sent_at DESC, id);
CREATE INDEX agent_messages_by_correlation ON agent_messages (home, correlation_id) WHERE correlation_id IS NOT NULL;

-- Down Migration
DROP TABLE agent_messages;
DROP TABLE agent_tasks;
DROP TABLE agents;
