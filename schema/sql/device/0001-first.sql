CREATE TABLE setting (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE draft (
    id INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL,
    step TEXT NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (order_id, step)
) STRICT;

CREATE TABLE enrolment (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    device TEXT NOT NULL,
    signing_seed BLOB NOT NULL CHECK (length(signing_seed) = 32),
    gateway TEXT NOT NULL,
    gateway_key BLOB NOT NULL CHECK (length(gateway_key) = 32),
    crew TEXT NOT NULL,
    crew_name TEXT NOT NULL,
    operator TEXT NOT NULL,
    device_name TEXT NOT NULL
) STRICT;

CREATE TABLE asset_rule (
    id INTEGER PRIMARY KEY,
    rule TEXT NOT NULL
) STRICT;

CREATE TABLE sync_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    acked_seq INTEGER NOT NULL,
    acked_hash BLOB NOT NULL CHECK (length(acked_hash) = 32),
    cursor INTEGER NOT NULL
) STRICT;

CREATE TABLE event (
    seq INTEGER PRIMARY KEY CHECK (seq > 0),
    prev BLOB NOT NULL CHECK (length(prev) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    body TEXT NOT NULL,
    order_id TEXT,
    change INTEGER,
    verdict TEXT
) STRICT;

CREATE INDEX event_of_order ON event (order_id, seq) WHERE order_id IS NOT NULL;

CREATE TABLE event_past (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    prev BLOB NOT NULL CHECK (length(prev) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    body TEXT NOT NULL,
    order_id TEXT,
    change INTEGER,
    verdict TEXT,
    resealed_as INTEGER
) STRICT;

CREATE INDEX event_past_of_order ON event_past (order_id, id) WHERE order_id IS NOT NULL;

CREATE TABLE receipt (
    id INTEGER PRIMARY KEY,
    push TEXT NOT NULL,
    through_seq INTEGER NOT NULL,
    chain_head BLOB NOT NULL CHECK (length(chain_head) = 32)
) STRICT;

CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL,
    change INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (order_id, change)
) STRICT;

CREATE TABLE order_row (
    id INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    reason TEXT,
    state TEXT NOT NULL,
    customer TEXT NOT NULL,
    account_no TEXT NOT NULL,
    address TEXT NOT NULL,
    appointment_from_ms INTEGER,
    appointment_to_ms INTEGER,
    lat_e7 INTEGER,
    lon_e7 INTEGER,
    accuracy_m INTEGER,
    remark TEXT,
    steps_done INTEGER NOT NULL,
    steps INTEGER NOT NULL,
    meters INTEGER NOT NULL,
    attention INTEGER NOT NULL,
    accepted INTEGER NOT NULL CHECK (accepted IN (0, 1)),
    seen INTEGER NOT NULL,
    events INTEGER NOT NULL DEFAULT 0,
    events_receipted INTEGER NOT NULL DEFAULT 0,
    blobs INTEGER NOT NULL DEFAULT 0,
    blobs_receipted INTEGER NOT NULL DEFAULT 0,
    blob_bytes_unsent INTEGER NOT NULL DEFAULT 0,
    sought TEXT NOT NULL
) STRICT;

CREATE TABLE dispatch (
    id INTEGER PRIMARY KEY REFERENCES order_row (id),
    body TEXT NOT NULL
) STRICT;

CREATE TABLE picture (
    id INTEGER PRIMARY KEY REFERENCES order_row (id),
    body TEXT NOT NULL
) STRICT;

CREATE VIRTUAL TABLE search USING fts5 (
    grams,
    content = '',
    contentless_delete = 1,
    detail = none,
    tokenize = 'ascii'
);

CREATE TABLE stock (
    id INTEGER PRIMARY KEY,
    asset_no TEXT NOT NULL UNIQUE,
    item TEXT NOT NULL
) STRICT;

CREATE TABLE stock_effect (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    asset_no TEXT NOT NULL,
    holder TEXT NOT NULL
) STRICT;

CREATE INDEX stock_effect_of_asset ON stock_effect (asset_no, id);

CREATE TABLE blob (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    order_id TEXT,
    size_bytes INTEGER NOT NULL,
    lane INTEGER NOT NULL CHECK (lane IN (0, 1)),
    held INTEGER NOT NULL CHECK (held IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX blob_of_order ON blob (order_id, hash);

CREATE INDEX blob_waiting ON blob (lane, id) WHERE held = 0;
