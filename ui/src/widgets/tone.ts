// How a state sounds; every tone has a shape of its own, so that none depends on colour.

/** ok proven · warn a question to a person · bad blocks · info worth knowing · plain nothing to say. */
export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'plain';
