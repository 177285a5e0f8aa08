/** Every built-in tool, in the order in which lists show them. */
import { actionRun } from './action-run';
import { dataQuery } from './data-query';
import { codeGenerate } from './code-generate';
import { emailSend } from './email-send';
import { feedbackGenerate } from './feedback-generate';
import { hookPost } from './hook-post';
import { httpRequest } from './http-request';
import { imageGenerate } from './image-generate';
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
import { rowInsert } from './row-insert';
import { rowSelect } from './row-select';
import { rowUpsert } from './row-upsert';
import { sqlQuery } from './sql-query';
import { sttTranscribe } from './stt-transcribe';
import { taskCreate } from './task-create';
import type { ToolContract } from './tool';
import { ttsSynthesize } from './tts-synthesize';
import { webScrape } from './web-scrape';
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
  hookPost,
  rowSelect,
  rowInsert,
  rowUpsert,
  webScrape,
  dataQuery,
  sqlQuery,
  actionRun,
  codeGenerate,
  httpRequest,
  emailSend,
  imageGenerate,
];
