CREATE TABLE card_write (
    id INTEGER PRIMARY KEY,
    authorisation TEXT NOT NULL UNIQUE,
    order_id TEXT NOT NULL,
    step TEXT NOT NULL,
    cards TEXT NOT NULL,
    body TEXT NOT NULL,
    is_open INTEGER NOT NULL CHECK (is_open IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX card_write_open ON card_write (order_id) WHERE is_open = 1;

CREATE INDEX card_write_of_order ON card_write (order_id, id);

CREATE TABLE card_taken (
    id INTEGER PRIMARY KEY,
    serial TEXT NOT NULL UNIQUE,
    card_write INTEGER NOT NULL REFERENCES card_write (id)
) STRICT;

CREATE INDEX card_taken_by ON card_taken (card_write);

CREATE INDEX dispatch_with_card ON dispatch (id) WHERE json_type(body, '$.card') = 'object';
