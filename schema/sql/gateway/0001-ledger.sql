-- The first ledger. See schema.sql for what each column means.
CREATE TABLE crew (
    crew TEXT NOT NULL PRIMARY KEY,
    crew_name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE operator (
    crew TEXT NOT NULL REFERENCES crew (crew),
    operator TEXT NOT NULL,
    PRIMARY KEY (crew, operator)
) STRICT, WITHOUT ROWID;

CREATE TABLE supervisor (
    name TEXT NOT NULL PRIMARY KEY,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE enrol_code (
    code_hash BLOB NOT NULL PRIMARY KEY,
    crew TEXT NOT NULL REFERENCES crew (crew),
    operator TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    used_by TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
    device TEXT NOT NULL PRIMARY KEY,
    crew TEXT NOT NULL REFERENCES crew (crew),
    operator TEXT NOT NULL,
    device_name TEXT NOT NULL,
    public_key TEXT NOT NULL,
    enrolled_at_ms INTEGER NOT NULL,
    last_seen_at_ms INTEGER NOT NULL,
    came_from TEXT REFERENCES device (device),
    came_from_seq INTEGER,
    came_from_hash BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE nonce (
    nonce_hash BLOB NOT NULL PRIMARY KEY,
    expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    token_hash BLOB NOT NULL PRIMARY KEY,
    device TEXT,
    supervisor TEXT,
    expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
    device TEXT NOT NULL REFERENCES device (device),
    seq INTEGER NOT NULL,
    prev BLOB NOT NULL,
    hash BLOB NOT NULL,
    body TEXT NOT NULL,
    order_id TEXT,
    verdict TEXT NOT NULL,
    is_stray INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    PRIMARY KEY (device, seq)
) STRICT;

CREATE INDEX event_stray ON event (received_at_ms) WHERE is_stray = 1;

CREATE TABLE receipt (
    device TEXT NOT NULL REFERENCES device (device),
    push TEXT NOT NULL,
    push_hash BLOB NOT NULL,
    through_seq INTEGER NOT NULL,
    head_seq INTEGER,
    head_signature TEXT,
    receipt TEXT NOT NULL,
    given_at_ms INTEGER NOT NULL,
    PRIMARY KEY (device, push)
) STRICT;

CREATE INDEX receipt_head ON receipt (device, head_seq);

CREATE TABLE work_order (
    order_id TEXT NOT NULL PRIMARY KEY,
    crew TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    handed_in_at_ms INTEGER,
    appointment_from_ms INTEGER,
    anomalies INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    picture TEXT NOT NULL
) STRICT;

CREATE INDEX work_order_state ON work_order (state, crew);

CREATE TABLE order_entry (
    change INTEGER NOT NULL PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES work_order (order_id) DEFERRABLE INITIALLY DEFERRED,
    device TEXT,
    seq INTEGER,
    entry TEXT NOT NULL
) STRICT;

CREATE INDEX order_entry_order ON order_entry (order_id, change);

CREATE TABLE order_crew (
    order_id TEXT NOT NULL,
    crew TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (order_id, crew)
) STRICT, WITHOUT ROWID;

CREATE TABLE order_blob (
    order_id TEXT NOT NULL,
    blob BLOB NOT NULL,
    PRIMARY KEY (order_id, blob)
) STRICT, WITHOUT ROWID;

CREATE INDEX order_blob_blob ON order_blob (blob);

CREATE TABLE stock (
    asset_no TEXT NOT NULL PRIMARY KEY,
    item TEXT NOT NULL,
    said TEXT,
    change INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE stock_crew (
    asset_no TEXT NOT NULL,
    crew TEXT NOT NULL,
    PRIMARY KEY (asset_no, crew)
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
    account_no TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE blob (
    blob BLOB NOT NULL PRIMARY KEY,
    size_bytes INTEGER NOT NULL,
    held_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE upload (
    upload TEXT NOT NULL PRIMARY KEY,
    blob BLOB NOT NULL,
    size_bytes INTEGER NOT NULL,
    crew TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX upload_blob ON upload (crew, blob);

CREATE TABLE outbox (
    no INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    order_id TEXT NOT NULL,
    approval INTEGER NOT NULL,
    picture TEXT NOT NULL,
    approved_at_ms INTEGER NOT NULL,
    approved_by TEXT NOT NULL,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL,
    why TEXT NOT NULL,
    due_at_ms INTEGER NOT NULL,
    UNIQUE (order_id, approval)
) STRICT;

CREATE INDEX outbox_due ON outbox (state, due_at_ms);

CREATE TABLE letter (
    no INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    order_id TEXT,
    why TEXT NOT NULL,
    tries INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE feed (
    crew TEXT NOT NULL,
    change INTEGER NOT NULL,
    order_id TEXT,
    asset_no TEXT,
    PRIMARY KEY (crew, change)
) STRICT, WITHOUT ROWID;

CREATE TABLE asset_rules (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    change INTEGER NOT NULL,
    rules TEXT NOT NULL
) STRICT;

CREATE TABLE change_counter (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    newest INTEGER NOT NULL
) STRICT;

CREATE TABLE mark (
    name TEXT NOT NULL PRIMARY KEY,
    word TEXT NOT NULL
) STRICT, WITHOUT ROWID;
