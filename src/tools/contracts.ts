/** Every built-in tool, in the order in which lists show them. */
import { feedbackGenerate } from './feedback-generate';
import { issueComment } from './issue-comment';
import { issueCreate } from './issue-create';
import { llmChat } from './llm-chat';
import { llmObject } from './llm-object';
import { messageSend } from './message-send';
import { mtTranslate } from './mt-translate';
import { nluAnalyze } from './nlu-analyze';
import { pageCreate } from './page-create';
import { paymentCreate } from './payment-create';
import { paymentRefund } from './payment-refund';
import { sttTranscribe } from './stt-transcribe';
import { taskCreate } from './task-create';
import type { ToolContract } from './tool';
import { ttsSynthesize } from './tts-synthesize';
import { webSearch } from './web-search';

export const CONTRACTS: readonly ToolContract[] = [
  sttTranscribe,
  nluAnalyze,
  mtTranslate,
  feedbackGenerate,
  ttsSynthesize,
  issueCreate,
  issueComment,
  paymentCreate,
  paymentRefund,
  llmChat,
  llmObject,
  webSearch,
  pageCreate,
  taskCreate,
  messageSend,
];
