import { createHash } from 'node:crypto';

export type Language = 'en' | 'ko' | 'ru';

interface Phrases {
  opening: readonly string[];
  thought: readonly string[];
  advice: readonly string[];
  closing: string;
}

/** `{q}` stands for the question. Every combination has 40 to 120 words. */
const PHRASES: Readonly<Record<Language, Phrases>> = {
  en: {
    opening: [
      'This is a simulated answer, so please read it as a rehearsal. You asked: “{q}”.',
      'Hello from the simulated model. I have no knowledge of my own, yet I did read your question: “{q}”.',
      'You are talking to a simulation that runs on your own machine. Your question was: “{q}”.',
    ],
    thought: [
      'A real model would begin with the goal behind the question, name what is known, and then say plainly what is uncertain.',
      'A real model would split it into two or three smaller questions, answer each in turn, and show how they depend on each other.',
      'A real model would first check what the words mean here, then weigh the usual options, and only then recommend one of them.',
    ],
    advice: [
      'While you look around, notice how these words arrive one by one, and how this answer appears in the runs and in the audit log.',
      'Meanwhile you can watch the run change its state in the dashboard, and see that the ledger holds the whole conversation sealed.',
      'For now, try a longer question, open a second window, or cut the connection: the answer will still be complete when you return.',
    ],
    closing: 'Set LLM_BASE_URL and LLM_API_KEY to hear from a real one.',
  },
  ko: {
    opening: [
      '이것은 모의 답변이므로 연습이라고 생각하고 읽어 주세요. 보내신 질문은 다음과 같습니다: “{q}”.',
      '안녕하세요, 저는 모의 모델입니다. 스스로 아는 것은 없지만 질문은 분명히 읽었습니다: “{q}”.',
      '지금 이 컴퓨터에서 실행되는 시뮬레이션과 대화하고 계십니다. 질문은 이것이었습니다: “{q}”.',
    ],
    thought: [
      '실제 모델이라면 먼저 질문의 목적을 살피고, 이미 알려진 사실을 정리한 다음, 아직 확실하지 않은 부분을 솔직하게 말해 줄 것입니다.',
      '실제 모델이라면 질문을 두세 개의 작은 질문으로 나누어 차례로 답하고, 서로 어떤 관계가 있는지도 함께 설명해 줄 것입니다.',
      '실제 모델이라면 우선 낱말의 뜻을 확인하고, 흔히 쓰는 방법들을 서로 견주어 본 뒤에, 그중 하나를 골라 권해 줄 것입니다.',
    ],
    advice: [
      '둘러보시는 동안 낱말이 하나씩 도착하는 모습과, 이 답변이 실행 목록과 감사 기록에 나타나는 모습을 한번 살펴보세요.',
      '그동안 대시보드에서 실행 상태가 바뀌는 것을 지켜보시고, 대화 전체가 봉인된 채 원장에 남는다는 것도 확인해 보세요.',
      '우선 더 긴 질문을 보내거나, 창을 하나 더 열거나, 연결을 끊어 보세요. 다시 돌아오면 답변은 그대로 완성되어 있을 것입니다.',
    ],
    closing: '실제 모델의 답을 들으려면 LLM_BASE_URL 값과 LLM_API_KEY 값을 설정하세요.',
  },
  ru: {
    opening: [
      'Это смоделированный ответ, поэтому считайте его репетицией. Вы спросили: «{q}».',
      'Здравствуйте, с вами говорит имитация модели. Своих знаний у меня нет, но вопрос я прочитала: «{q}».',
      'Вы беседуете с имитацией, которая работает на вашем же компьютере. Ваш вопрос звучал так: «{q}».',
    ],
    thought: [
      'Настоящая модель начала бы с цели вопроса, перечислила бы то, что известно, и честно сказала бы, что остаётся неясным.',
      'Настоящая модель разбила бы его на два-три вопроса поменьше, ответила бы на каждый по очереди и показала бы, как они связаны.',
      'Настоящая модель сначала уточнила бы смысл слов, потом сравнила бы обычные пути и лишь затем посоветовала бы один из них.',
    ],
    advice: [
      'А пока обратите внимание, как слова приходят одно за другим и как этот ответ появляется в списке запусков и в журнале аудита.',
      'Тем временем посмотрите на панели, как запуск меняет состояние, и убедитесь, что весь разговор хранится в журнале запечатанным.',
      'Попробуйте задать вопрос подлиннее, открыть второе окно или оборвать связь: когда вы вернётесь, ответ всё равно будет целым.',
    ],
    closing: 'Чтобы услышать настоящую модель, задайте LLM_BASE_URL и LLM_API_KEY.',
  },
};

const MAX_QUOTE_LENGTH = 80;

/** By script alone: Hangul is Korean, Cyrillic is Russian, anything else is answered in English. */
export function languageOf(text: string): Language {
  const hangul = text.match(/\p{Script=Hangul}/gu)?.length ?? 0;
  const cyrillic = text.match(/\p{Script=Cyrillic}/gu)?.length ?? 0;
  if (hangul === 0 && cyrillic === 0) return 'en';
  return hangul >= cyrillic ? 'ko' : 'ru';
}

/** The answer of the simulated model: the same for the same question, in the question's language, plainly not a real one. */
export function simulatedAnswer(question: string): string {
  const phrases = PHRASES[languageOf(question)];
  const dice = createHash('sha256').update(question).digest();
  const pick = (list: readonly string[], die: number): string => list[dice[die]! % list.length]!;
  const opening = pick(phrases.opening, 0).split('{q}').join(quote(question));
  return [opening, pick(phrases.thought, 1), pick(phrases.advice, 2), phrases.closing].join(' ');
}

function quote(question: string): string {
  const line = [...question.replace(/[\p{Cc}\s]+/gu, ' ').trim()];
  return line.length > MAX_QUOTE_LENGTH ? `${line.slice(0, MAX_QUOTE_LENGTH - 1).join('')}…` : line.join('');
}
