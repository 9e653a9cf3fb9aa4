r"""Instructions that prompts are known to carry: how to reason, how to answer, who speaks.

Short marks by which they are recognised, not their texts: the prompts of Qwen2.5-Math, DeepSeek-R1
and Open-Reasoner-Zero, DAPO and verl say the same few things in other words, and so do those of
other people. `instructions` learns what these do not know from the texts themselves.
"""

# ruff: noqa: E501 (patterns read best one a line)

import re

from sample_engineering.pool.turns import MARKED

# Words of which one is in each text that the patterns below match, in lower case: to look for them
# is far cheaper, and most problems hold none. Texts in other scripts are always looked at.
TURN_WORDS = ("<|", "<start_of", "[inst]", "###", "user", "human", "<｜")
TAG_WORDS = ("</", "<s>", "<|", "<think", "<problem", "<question", "<exercise", "---", "===")
LABEL_WORDS = (":", "**", "problem ", "question ", "exercise ", "task ")
PHRASE_WORDS = ("step", "box", "final answer", "your answer", "the answer")
SENTENCE_WORDS = (
    *("answer", "box", "respon", "assistant", "reply", "json", "problem", "question", "exercise"),
    *("task", "puzzle", "instruction", "expert", "mathematician", "tutor", "teacher", "solver"),
    *("solution", "result", "option", "reason", "think", "step", "your work", "conversation"),
    *(
        "the user",
        "without quotes",
        "aufgabe",
        "schritt",
        "antwort",
        "ergebnis",
        "paso",
        "respuesta",
    ),
    *("resuelv", "passo", "risposta", "resposta", "stap voor", "krok po", "adim adim", "étape"),
)
FORMAT_WORDS = (
    "answer",
    "solution",
    "result",
    "respon",
    "reminder",
    "remember",
    "recall",
    "note",
    "hint",
)


# Where the last turn of a user begins and ends, in the chat templates of model families.
TURNS = tuple(
    re.compile(begin + r"(.*?)(?:" + end + r"|\Z)", re.DOTALL | re.IGNORECASE)
    for begin, end in (
        *MARKED,
        (r"(?:^|\n)###\s*(?:instruction|question|problem|input|user|human)\b\s*:?", r"\n###"),
        (r"(?:^|\n)(?:human|user)\s*:", r"\n(?:assistant|ai|bot)\s*:"),
    )
)

_ASKING = (
    r"question|problem|exercise|task|query|prompt|input|q|math(?:ematics|s)? (?:problem|question)"
    r"|user|human|问题|题目|问|題目|問題|문제|задача|вопрос|задание|aufgabe|frage|pregunta|problema"
    r"|ejercicio|problème|exercice|énoncé|domanda|esercizio|pergunta|exercício|opgave|vraag|soru"
    r"|pytanie|zadanie|fråga|uppgift"
)
_ANSWERING = (
    r"answer|solution|response|assistant|a|final answer|output|答案|解答|答|解|回答|答え|정답|답|풀이|ответ"
    r"|решение|antwort|lösung|respuesta|solución|réponse|risposta|soluzione|resposta|solução"
    r"|antwoord|cevap|odpowiedź|rozwiązanie|svar"
)
_MARKS = r"[\s*_#>\"'`]{0,12}"  # bounded: two in a row must not be tried in all ways
# A label at the beginning of a line, or of the whole: "Question:", "**Problem 3.**", "Aufgabe:".
LABEL = re.compile(
    rf"(?:^|(?<=\n)|(?<=[.!?。！：:>]\s)){_MARKS}(?:the\s+)?(?:{_ASKING})\s?(?:\#?\d+\.?)?[*_]{{0,2}}\s?[:：]?(?<=[:：.*])[*_]{{0,2}}\s{{0,3}}",
    re.IGNORECASE,
)
ANSWER_LABEL = re.compile(
    rf"(?:^|(?<=\n)){_MARKS}(?:(?:your|the|my)\s+)?(?:{_ANSWERING}){_MARKS}[:：]", re.IGNORECASE
)
# What invites the answer at the very end; looked for in the last characters only.
TAIL = re.compile(
    rf"(?:{_MARKS}(?:<think>|(?:(?:your|the|my)\s)?(?:{_ANSWERING})(?:\s?\([^()\n]{{0,40}}\))?"
    rf"[\s*_]{{0,4}}[:：.]))+{_MARKS}\Z",
    re.IGNORECASE,
)
TAIL_CHARACTERS = 160
TAGS = re.compile(
    r"</?(?:problem|question|task|input|user|system|think|answer|instructions?|exercise|prompt|query"
    r"|context|s|bos|eos|math|math_problem)>|<\|[a-z_]+\|>|</s>|-{3,}|={3,}",
    re.IGNORECASE,
)

# Phrases to be cut out of a sentence, up to its end: the problem may stand before them.
PHRASES = re.compile(
    r"""
    (?:\b(?:please|kindly|now|first|carefully|and|then)[,\s]+)*
    \b(?:let'?s|let\ us|think|reason|solve|work|explain|proceed|go|show)\b[^.\n?$]{0,90}
    \bstep[\s-]*(?:by|-)[\s-]*step\b(?:[^.\n]|\.(?=\S))*[.]?
  | \bstep[\s-]*by[\s-]*step\b[^.\n]*\\boxed(?:[^.\n]|\.(?=\S))*[.]?
  | (?:\b(?:please|kindly|now|first|carefully|and|then|you|must|should|need\ to|have\ to|remember\ to
      |make\ sure\ (?:to|that\ you)|be\ sure\ to|don'?t\ forget\ to|finally|also|so)[,\s]+)*
    \b(?:put|place|write|give|enclose|wrap|present|return|output|provide|box|state|report|mark|include)
    \b[^.\n$?]{0,80}(?:\\boxed\s*\{|\\boxed\b|\bboxed\b|\ba\ box\b|\bfinal\ answer\b|\byour\ answer\b
    |\bthe\ answer\ (?:in|within|inside|after|on|as)\b)(?:[^.\n]|\.(?=\S))*[.]?
    """,
    re.VERBOSE | re.IGNORECASE,
)

# A sentence that is an instruction as a whole.
SENTENCES = re.compile(
    r"""
    \A[\s*_\-("'>]*(?:(?:please|now|so|then|also|finally|lastly|and|next|kindly|important|note)[,:\s]+)*
    (?:
      (?:you\ (?:must|should|need\ to|have\ to|are\ to|can|may|will)\b.*\b
         (?:answer|boxed|respon|solution|reason|think|box|problem|question))
    | (?:remember|make\ sure|be\ sure|ensure|do\ not\ forget|don'?t\ forget)\b.*\b
         (?:answer|boxed|respon|result|solution|box|format|reason|step)
    | (?:answer|respond|reply)\b.{0,60}\b(?:question|problem|json|format|letter|option|english|latex|with)
    | (?:solve|answer|consider|complete|work\ out|tackle|attempt|read)\s+
         (?:(?:the|this|these|each|a|an)\s+)?(?:(?:following|given|below|next|math\w*|mathematics|multiple\W?choice
         |competition|olympiad|challenging)\s+)*(?:problem|question|exercise|task|puzzle)s?\b
    | (?:here|below|following)\ (?:is|are)\b.{0,80}\b(?:problem|question|instruction|task|example|exercise)
    | you\ are\ (?:an?|the)\b.{0,120}
         \b(?:assistant|expert|mathematician|tutor|teacher|solver|ai|student|professor|model)
    | (?:choose|select|pick)\b.{0,40}\b(?:correct|right|best|appropriate)\b.{0,30}\b(?:answer|option|choice|letter)
    | reason\b.{0,60}\b(?:carefully|through|before|step)
    | think\b.{0,60}\b(?:carefully|before|through|hard)
    | show\ (?:all\ )?(?:your|of\ your)\ (?:work|reasoning|steps)
    | (?:use|in)\ (?:the\ following|this|latex)\b.{0,30}\bformat
    | explain\ your\ (?:answer|reasoning|steps|work)
    | the\ (?:user|assistant|human)\b.{0,40}\b(?:asks?|first|solves?|then|thinks?|provides?|gives?|will|should|must)
    | a\ conversation\ between
    )
  | \\boxed\s*\{\s*(?:\}|\.\.\.|\\text|answer|your)
  | \bfinal\ answer\b.{0,80}(?:\bbox|\bform\b|\bline\b|extract|\#\#\#\#|"|\bas\b|\bafter\b|\bbegin)
  | \blast\ line\ of\ your\b | \bwithout\ (?:quotes|any\ (?:explanation|other\ text))\b
  | \breasoning\ process\b | <think> | \$\\?answer\b | \banswer\ to\ the\ (?:problem|question)\b
  | \bconversation\ between\b.{0,40}\b(?:user|human|assistant)
  | 请(?:你)?(?:一步|逐步|仔细|解|回答|把|将|在|用|给出|先) | 逐步推理 | 一步一步 | 最终答案 | 放在.{0,12}(?:框|boxed)
  | ステップ | 最終的?な?答え | 단계별 | 최종\s*(?:답|정답)
  | пошагово | шаг\ за\ шагом | окончательный\ ответ | решите\ (?:следующую|эту)\ задачу
  | schritt\ für\ schritt | endgültige\w*\ (?:antwort|ergebnis) | (?:löse|beantworte)n?\b.{0,30}\b(?:folgende|diese|aufgabe)
  | paso\ a\ paso | respuesta\ final | resuelv[ea]\b.{0,30}\b(?:siguiente|este)
  | étape\ par\ étape | réponse\ finale | (?:résou|répond)\w*\b.{0,30}\b(?:suivant|problème)
  | passo\ (?:a|dopo)\ passo | risposta\ finale | resposta\ final | stap\ voor\ stap | krok\ po\ kroku | ad[ıi]m\ ad[ıi]m
    """,
    re.VERBOSE | re.IGNORECASE,
)

# How the answer is to be written belongs to a problem, but says nothing of it: many problems share
# it. "Enter your answer in the form ...", "(Reminder: ...)".
FORMATS = re.compile(
    r"""
    \(\s*(?:reminder|remember|recall|note|hint)\b(?:[^()]|\([^()]*\))*\)
  | \b(?:enter|express|write|give|state|submit|leave)\ (?:your|the)\ (?:final\ )?answers?\ (?:in|as|using|with)\b
    (?:[^.]|\.(?![\s$]|\Z)){0,400}(?:\.\$?(?=\s|\Z)|\Z)
    """,
    re.VERBOSE | re.IGNORECASE,
)
FORMAT_SENTENCES = re.compile(
    r"""
    \A[\s*_\-("'>]*(?:(?:please|now|so|then|also|finally|lastly|and|next|kindly|important|note)[,:\s]+)*
    (?:
      (?:enter|express|give|write|put|place|leave|submit|output|present|provide|state|report|round
         |include|return|box|type|format|list|specify|record)\b(?:\s+\S+){0,3}?\s+(?:final\s+|numerical\s+)?
         (?:answers?|solutions?|result|response)\b
    | (?:your|the)\ (?:final\ )?(?:answer|response|solution|output)\s
         (?:should|must|needs?\ to|has\ to|is\ to|will|can\ be|may\ be)\b
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
