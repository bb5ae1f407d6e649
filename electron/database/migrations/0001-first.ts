import type { Driver } from '../driver.ts';

/** Everything the main job needs. Columns for what is asked for, JSON for what is only read back. */
export function first(driver: Driver): void {
  driver.exec(`
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE endpoints (
      id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
      connection TEXT NOT NULL, settings TEXT NOT NULL, policy TEXT NOT NULL, probe TEXT,
      discovered_at INTEGER, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE certificates (
      fingerprint TEXT PRIMARY KEY, key_fingerprint TEXT NOT NULL, serial TEXT NOT NULL,
      subject TEXT NOT NULL, issuer TEXT NOT NULL, names TEXT NOT NULL,
      not_before INTEGER NOT NULL, not_after INTEGER NOT NULL, key_type TEXT NOT NULL,
      self_signed INTEGER NOT NULL, order_number INTEGER, first_seen_at INTEGER NOT NULL,
      chain_pem TEXT NOT NULL
    ) STRICT;
    CREATE INDEX certificates_serial ON certificates (serial COLLATE NOCASE);
    CREATE INDEX certificates_order ON certificates (order_number) WHERE order_number IS NOT NULL;
    CREATE INDEX certificates_health ON certificates (fingerprint, order_number, not_before, not_after);

    CREATE TABLE nodes (
      id TEXT PRIMARY KEY, endpoint_id TEXT NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
      key TEXT NOT NULL, name TEXT NOT NULL, alias TEXT, protocol TEXT NOT NULL,
      bindings TEXT NOT NULL, server_names TEXT NOT NULL,
      certificate_path TEXT, key_path TEXT, web_root TEXT,
      fingerprint TEXT REFERENCES certificates (fingerprint), not_installable TEXT, place TEXT,
      served_state TEXT NOT NULL, served_fingerprint TEXT, served_sentence TEXT NOT NULL, served_at INTEGER NOT NULL,
      missing_since INTEGER, discovered_at INTEGER NOT NULL,
      UNIQUE (endpoint_id, key)
    ) STRICT;
    CREATE INDEX nodes_name ON nodes (name);
    CREATE INDEX nodes_fingerprint ON nodes (fingerprint);

    CREATE TABLE orders (
      number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
      authority_id TEXT NOT NULL, authority_name TEXT NOT NULL, task_id TEXT NOT NULL, node_id TEXT NOT NULL,
      names TEXT NOT NULL, key_type TEXT NOT NULL, terms TEXT NOT NULL, state TEXT NOT NULL, handle TEXT NOT NULL,
      certificate_fingerprint TEXT, refused_because TEXT,
      created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX orders_task ON orders (task_id);
    CREATE INDEX orders_open ON orders (authority_id) WHERE state NOT IN ('collected', 'refused');
    INSERT INTO sqlite_sequence (name, seq) VALUES ('orders', 1000);

    CREATE TABLE tasks (
      id TEXT PRIMARY KEY, kind TEXT NOT NULL,
      endpoint_id TEXT NOT NULL, endpoint_name TEXT NOT NULL, node_id TEXT, node_name TEXT,
      origin TEXT NOT NULL, state TEXT NOT NULL, steps TEXT NOT NULL, waiting_for TEXT, wake_at INTEGER,
      failure TEXT, restored TEXT, created_at INTEGER NOT NULL, finished_at INTEGER, memory TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX tasks_live ON tasks (kind, endpoint_id, coalesce(node_id, ''))
      WHERE state IN ('queued', 'running', 'waiting');
    CREATE INDEX tasks_state ON tasks (state, created_at);
    CREATE INDEX tasks_created ON tasks (created_at);
    CREATE INDEX tasks_failed ON tasks (finished_at) WHERE state = 'failed';
    CREATE INDEX tasks_of ON tasks (endpoint_id, node_id, kind, finished_at);

    CREATE TABLE approvals (
      id TEXT PRIMARY KEY, task_id TEXT NOT NULL, plan TEXT NOT NULL, state TEXT NOT NULL,
      decided_by TEXT, decided_origin TEXT, decided_at INTEGER, comment TEXT, created_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX approvals_task ON approvals (task_id);
    CREATE INDEX approvals_state ON approvals (state, created_at);

    CREATE TABLE authorities (
      id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, is_default INTEGER NOT NULL,
      settings TEXT NOT NULL, created_at INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX authorities_default ON authorities (is_default) WHERE is_default = 1;

    CREATE TABLE renewals (
      node_id TEXT PRIMARY KEY REFERENCES nodes (id) ON DELETE CASCADE,
      fingerprint TEXT NOT NULL, next_at INTEGER NOT NULL, because TEXT NOT NULL, sentence TEXT NOT NULL,
      failures INTEGER NOT NULL, last_failure TEXT,
      ari_start INTEGER, ari_end INTEGER, ari_ask_again_at INTEGER
    ) STRICT;
    CREATE INDEX renewals_next ON renewals (next_at);
    CREATE INDEX renewals_ari ON renewals (ari_ask_again_at) WHERE ari_ask_again_at IS NOT NULL;

    CREATE TABLE notifications (
      id TEXT PRIMARY KEY, kind TEXT NOT NULL, level TEXT NOT NULL, title TEXT NOT NULL, sentence TEXT NOT NULL,
      task_id TEXT, approval_id TEXT, read_at INTEGER, at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX notifications_at ON notifications (at);
    CREATE INDEX notifications_unread ON notifications (at) WHERE read_at IS NULL;

    CREATE TABLE audit (
      number INTEGER PRIMARY KEY, at INTEGER NOT NULL, origin TEXT NOT NULL, actor TEXT, action TEXT NOT NULL,
      subject TEXT, outcome TEXT NOT NULL, sentence TEXT NOT NULL, previous_hash TEXT NOT NULL, hash TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'audit entries are kept'); END;
    CREATE TRIGGER audit_is_fixed BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'audit entries are kept'); END;
    -- how far the chain reached when it was last written: tells a cut tail. The seal is made with the master key.
    CREATE TABLE audit_head (
      one INTEGER PRIMARY KEY CHECK (one = 1), entries INTEGER NOT NULL, hash TEXT NOT NULL, seal BLOB
    ) STRICT;
    INSERT INTO audit_head (one, entries, hash) VALUES (1, 0, '${'0'.repeat(64)}');

    -- apart from everything that is listed: a list never reads a sealed value
    CREATE TABLE secrets (
      owner TEXT NOT NULL, name TEXT NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (owner, name)
    ) STRICT;
  `);
}
