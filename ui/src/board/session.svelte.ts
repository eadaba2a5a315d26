// Who is signed in, kept for this window only.
import { problemOf, type Desk, type DeskProblem, type Supervisor } from './desk';

/** Where a window keeps what must survive a reload, and nothing longer. */
export type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const KEY = 'desk.session';

/** The sign-in and its end. */
export class Session {
  /** Who is signed in; null asks for name and password. */
  who = $state.raw<Supervisor | null>(null);
  /** The session ran out while the desk was open. */
  ended = $state(false);
  busy = $state(false);
  problem = $state.raw<DeskProblem | null>(null);
  readonly needs_address: boolean;

  constructor(
    private readonly desk: Desk,
    private readonly kept: Kept,
  ) {
    const saved = read(kept.getItem(KEY));
    this.needs_address = desk.needs_address;
    if (saved && (!desk.needs_address || saved.address !== '')) {
      if (desk.needs_address) desk.use_address(saved.address);
      desk.use_token(saved.token);
      this.who = saved.supervisor;
    }
  }

  /** Signs in; a wrong password leaves everything as it was and says so. */
  async sign_in(name: string, password: string, address: string): Promise<void> {
    this.busy = true;
    this.problem = null;
    try {
      if (this.needs_address) this.desk.use_address(address);
      const { token, supervisor } = await this.desk.sign_in(name.trim(), password);
      this.desk.use_token(token);
      this.kept.setItem(KEY, JSON.stringify({ token, supervisor, address }));
      this.who = supervisor;
      this.ended = false;
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.busy = false;
    }
  }

  /** Forgets the session; `ended` when the gateway ended it. */
  leave(why: 'ended' | 'wanted'): void {
    this.desk.use_token(null);
    this.kept.removeItem(KEY);
    this.who = null;
    this.problem = null;
    this.ended = why === 'ended';
  }
}

function read(text: string | null): { token: string; supervisor: Supervisor; address: string } | null {
  if (text === null) return null;
  try {
    const saved: unknown = JSON.parse(text);
    return isSaved(saved) ? saved : null;
  } catch {
    return null;
  }
}

function isSaved(saved: unknown): saved is { token: string; supervisor: Supervisor; address: string } {
  if (typeof saved !== 'object' || saved === null) return false;
  if (!('token' in saved) || typeof saved.token !== 'string') return false;
  if (!('address' in saved) || typeof saved.address !== 'string') return false;
  return 'supervisor' in saved && typeof saved.supervisor === 'object' && saved.supervisor !== null && 'display_name' in saved.supervisor;
}
