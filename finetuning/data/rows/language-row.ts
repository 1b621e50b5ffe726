export type Role = 'system' | 'user' | 'assistant';

export interface Message {
  readonly role: Role;
  readonly content: string;
}

/** What a language model learns from: a text; a prompt and what follows it; a conversation. One JSON object per line. */
export type LanguageRow =
  | { readonly text: string }
  | { readonly prompt: string; readonly completion: string }
  | { readonly messages: readonly Message[] };

/** What a language model is to go on from: the beginning of a text; a prompt; a conversation that it is to answer. */
export type PromptRow =
  { readonly text: string } | { readonly prompt: string } | { readonly messages: readonly Message[] };
