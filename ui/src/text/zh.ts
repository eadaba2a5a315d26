// Chinese, the language of record: plain words of the trade, short, active.
import { zhCard } from './zh-card';
import { zhEyes } from './zh-eyes';
import { zhProblems } from './zh-problems';
import { zhScreens } from './zh-screens';
import { zhWidgets } from './zh-widgets';
import { zhWords } from './zh-words';

export const zh = { ...zhWords, ...zhWidgets, ...zhScreens, ...zhProblems, ...zhCard, ...zhEyes } as const;
