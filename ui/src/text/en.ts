// English of the same quality; a missing key does not compile.
import { enCard } from './en-card';
import { enEyes } from './en-eyes';
import { enProblems } from './en-problems';
import { enScreens } from './en-screens';
import { enWidgets } from './en-widgets';
import { enWords } from './en-words';
import type { zh } from './zh';

export const en: Record<keyof typeof zh, string> = {
  ...enWords,
  ...enWidgets,
  ...enScreens,
  ...enProblems,
  ...enCard,
  ...enEyes,
};
