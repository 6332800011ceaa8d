export { answerCheck, type AnswerCheck } from './answer-check.ts';
export { type Answer, Caller, type Event, type EventStream } from './caller.ts';
