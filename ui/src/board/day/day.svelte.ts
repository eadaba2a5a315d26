// The two pages beside the review: each crew's day, and what the marketing system did not take.
import { problemOf, type CrewDay, type Desk, type DeskProblem, type Letter } from '../desk';

/** Each crew's day. */
export class DayState {
  crews = $state.raw<CrewDay[] | null>(null);
  problem = $state.raw<DeskProblem | null>(null);

  constructor(
    private readonly desk: Desk,
    private readonly heard: (problem: DeskProblem | null) => void = () => undefined,
  ) {}

  /** Asks again; the numbers in sight stay when it fails. */
  async refresh(): Promise<void> {
    try {
      this.crews = await this.desk.progress();
      this.problem = null;
    } catch (error) {
      this.problem = problemOf(error);
    }
    this.heard(this.problem);
  }
}

/** What went no further. */
export class LettersState {
  letters = $state.raw<Letter[] | null>(null);
  problem = $state.raw<DeskProblem | null>(null);
  /** The one being sent again. */
  retrying = $state<string | null>(null);
  retried = $state(false);

  constructor(
    private readonly desk: Desk,
    private readonly heard: (problem: DeskProblem | null) => void = () => undefined,
  ) {}

  /** Asks again. */
  async refresh(): Promise<void> {
    try {
      this.letters = await this.desk.letters();
      if (this.problem?.code === 'no_link') this.problem = null;
      this.heard(null);
    } catch (error) {
      this.problem = problemOf(error);
      this.heard(this.problem);
    }
  }

  /** Sends one again; the list then shows what the gateway says. */
  async retry(id: string): Promise<void> {
    if (this.retrying !== null) return;
    this.retrying = id;
    this.retried = false;
    this.problem = null;
    try {
      await this.desk.retry_letter(id);
      this.retried = true;
      await this.refresh();
    } catch (error) {
      this.problem = problemOf(error);
      this.heard(this.problem);
    } finally {
      this.retrying = null;
    }
  }
}
