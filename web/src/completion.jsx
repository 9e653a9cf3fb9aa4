// What is shown of one completion: its problem, its grade and why, and what it was before training.
import { diffWordsWithSpace } from "diff";
import { useMemo, useState } from "preact/hooks";
import { Typeset } from "./typeset.jsx";

const PATIENCE = 400; // milliseconds that a difference may take

// What the grader's rules mean, where their names do not say it.
const RULES = {
  "no answer": "no final answer in the asked form was found",
  "same spelling": "the answer is written as the gold is",
  "same letters": "the answer has the letters of the gold",
  "too long": "the answer is too long to be read as one",
  "time limit": "the comparison took too long, which counts as wrong",
  "answers disagree": "several final answers are given, and they differ",
  "cannot be read": "the answer cannot be read as mathematics",
  "not safe to evaluate": "the answer is too large to be computed",
  "not one letter": "a choice was asked for, and the answer is not one letter",
  "letter and text disagree": "the letter and the text of the choice disagree",
  "number": "the answer and the gold were compared as numbers",
  "number with unit": "compared as numbers, with their units",
  "quantity": "compared as quantities with units",
  "choice": "compared as choices",
  "formula": "compared as formulas",
  "expression": "compared as expressions",
  "Math-Verify": "compared by Math-Verify",
};

export function reason(rule, answer, right) {
  if (!rule) return "";
  const meaning = RULES[rule] ?? `decided by the rule “${rule}”`;
  const read = answer ? `; read: ${answer}` : "";
  return `${right ? "right" : "wrong"}: ${meaning}${read}`;
}

function Difference({ before, after }) {
  const parts = useMemo(
    () => diffWordsWithSpace(before, after, { timeout: PATIENCE, maxEditLength: 4000 }),
    [before, after],
  );
  if (!parts) return <p class="note">The two are too different to be set against each other.</p>;
  return (
    <pre class="whole" dir="auto">
      {parts.map((part, at) =>
        part.added ? (
          <ins key={at}>{part.value}</ins>
        ) : part.removed ? (
          <del key={at}>{part.value}</del>
        ) : (
          <span key={at}>{part.value}</span>
        ),
      )}
    </pre>
  );
}

function Side({ of, row, title, maths }) {
  const grade = of.grade.write(row);
  const tone = { right: "good", wrong: "bad" }[grade] ?? "unsure";
  const facts = [
    of.tokens && `${of.tokens.write(row)} tokens`,
    of.finish && of.finish.write(row) === "length" && "cut off at the limit",
    of.reward && of.reward.value(row) !== null && `reward ${of.reward.write(row)}`,
  ].filter(Boolean);
  const why = of.rule && reason(of.rule.write(row), of.read?.write(row), grade === "right");
  return (
    <div>
      <p class="note">
        {title} <span class={`badge ${tone}`}>{grade}</span> {facts.join(", ")}
        {why && <span class="why">{why}</span>}
      </p>
      <pre class="whole" dir="auto">
        <Typeset text={of.completion.write(row) || " "} on={maths} />
      </pre>
    </div>
  );
}

export function Completion({ data, row, maths }) {
  const of = useMemo(
    () => Object.fromEntries(data.columns.map((one) => [one.name, one])),
    [data],
  );
  const [apart, setApart] = useState(true);
  const twin = of.twin?.value(row) ?? null;
  return (
    <div class="completion">
      {of.problem?.write(row) && (
        <pre class="whole problem" dir="auto">
          <Typeset text={of.problem.write(row)} on={maths} />
        </pre>
      )}
      {of.gold?.write(row) && (
        <p>
          Gold answer: <b><Typeset text={of.gold.write(row)} on={maths} /></b>
        </p>
      )}
      {twin !== null && (
        <p>
          <label>
            <input
              type="checkbox"
              checked={!apart}
              onChange={(event) => setApart(!event.currentTarget.checked)}
            />{" "}
            show what changed, word by word
          </label>
        </p>
      )}
      {twin !== null && !apart ? (
        <Difference before={of.completion.write(twin)} after={of.completion.write(row)} />
      ) : (
        <div class="pair">
          {twin !== null && <Side of={of} row={twin} title="base model" maths={maths} />}
          <Side of={of} row={row} title={of.arm?.write(row) ?? ""} maths={maths} />
        </div>
      )}
    </div>
  );
}
