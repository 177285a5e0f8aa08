-- Up Migration
-- What was traced: spans that have ended, and one row per trace that says what its spans come to.
CREATE TABLE spans (
  -- Namespace and task queue.
  home text NOT NULL,
  trace_id bytea NOT NULL,
  span_id bytea NOT NULL,
  parent_id bytea,
  name text NOT NULL,
  service text NOT NULL,
  kind text NOT NULL,
  status text NOT NULL CHECK (status IN ('ok', 'error', 'unset')),
  started_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  execution_id text,
  workflow text,
  attributes jsonb NOT NULL,
  -- Spans that it goes on from: [{ traceId, spanId }].
  links jsonb,
  PRIMARY KEY (home, trace_id, span_id)
);
CREATE INDEX spans_by_name ON spans (home, name, started_at DESC, trace_id DESC);
CREATE INDEX spans_by_execution ON spans (home, execution_id) WHERE execution_id IS NOT NULL;

-- Spans arrive in any order and from several processes: of two that could stand for the trace the lesser array stays. The first member
-- of an array is what decides: digits of one length.
CREATE TABLE traces (
  home text NOT NULL,
  trace_id bytea NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  spans integer NOT NULL,
  -- The first span, one without a parent before others: order, name, service, status.
  root text[] NOT NULL,
  -- Of the first span that belongs to an execution: order, execution's id, workflow.
  execution text[],
  -- The first span that is an execution: order, execution's id, status.
  own text[],
  status text NOT NULL GENERATED ALWAYS AS (
    CASE WHEN execution[2] IS DISTINCT FROM own[2] THEN 'running'
         WHEN root[4] = 'error' OR own[3] = 'error' THEN 'error' ELSE 'success' END
  ) STORED,
  PRIMARY KEY (home, trace_id)
) WITH (fillfactor = 80);
CREATE INDEX traces_by_time ON traces (home, started_at DESC, trace_id DESC);
CREATE INDEX traces_by_status ON traces (home, status, started_at DESC, trace_id DESC);

-- Down Migration
DROP TABLE traces;
DROP TABLE spans;
