// Saves each answer as it is given. Without this file the page saves as a whole, by its button.
"use strict";

(() => {
  const form = document.getElementById("answers");
  const status = document.getElementById("saving");
  if (!form || !status) return;

  const LARGEST = 25 * 1024 * 1024;
  const PAUSE = 1200; // milliseconds without a key before a text is saved
  const LONGEST_WAIT = 30000;
  const words = form.dataset;
  const waiting = new Set(); // questions with something to save
  const timers = new Map();
  let saving = null; // the question on its way
  let control = null;
  let failures = 0;
  let retry = 0;
  let leaving = false;

  const questionOf = (element) => element.closest("[data-question]");
  const inputsOf = (question) => [...question.querySelectorAll("input, textarea, select")].filter((input) => input.name);

  function say(text, isBad = false) {
    status.textContent = text;
    status.classList.toggle("bad", isBad);
  }

  function body(question) {
    const fields = new URLSearchParams();
    fields.append("csrf_token", form.elements.csrf_token.value);
    for (const input of inputsOf(question)) {
      const isChoice = input.type === "radio" || input.type === "checkbox";
      if (input.type === "file" || (isChoice && !input.checked)) continue;
      fields.append(input.name, input.value);
    }
    return fields;
  }

  function showProblem(name, text) {
    const place = document.getElementById(`${name}-problem`);
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
    const input = document.getElementById(name) || document.getElementById(`${name}-field`);
    const target = place.closest("fieldset") || (input && input.matches("textarea") ? input : document.getElementById(`${name}-field`));
    if (!target) return;
    if (text) target.setAttribute("aria-invalid", "true");
    else target.removeAttribute("aria-invalid");
    const described = (target.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== place.id);
    if (text) described.push(place.id);
    if (described.length) target.setAttribute("aria-describedby", described.join(" "));
    else target.removeAttribute("aria-describedby");
  }

  function mendSummary(question) {
    const summary = document.getElementById("error-summary");
    if (!summary) return;
    for (const link of summary.querySelectorAll(`a[href="#${question.id}"]`)) link.closest("li").remove();
    if (!summary.querySelector("li")) summary.remove();
  }

  function take(question, answer) {
    const names = [question.id, `${question.id}_comment`, `${question.id}_documents`];
    for (const name of names) showProblem(name, answer.errors[name] || "");
    if (answer.asked) {
      for (const other of form.querySelectorAll("[data-question]")) other.hidden = !answer.asked.includes(other.id);
    }
    for (const [name, value] of Object.entries(answer.was || {})) {
      if (form.elements[name]) form.elements[name].value = value;
    }
    if (answer.progress) document.getElementById("progress-words").textContent = answer.progress;
    if (answer.waiting !== undefined) showWaiting(answer.waiting);
    if (answer.carried) settle(question, answer.carried[question.id]);
    if (!answer.saved) return say(answer.message || words.wrong, true);
    mendSummary(question);
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    return say(words.saved.replace("{time}", time));
  }

  // Last year's answer is confirmed, changed or emptied: say so in place of the box, and let the fields be like any others.
  function settle(question, state) {
    const carried = question.querySelector("[data-carried]");
    const sentence = carried && carried.dataset[state];
    if (!sentence) return;
    const told = document.createElement("p");
    told.className = "carried-state";
    told.textContent = state === "confirmed" ? `✓ ${sentence}` : sentence;
    if (state === "confirmed") question.querySelectorAll("button[name=keep]").forEach((button) => button.remove());
    const hadFocus = carried.contains(document.activeElement);
    for (const part of carried.querySelectorAll("[name=proposed], .choice, .carried-state")) part.remove();
    carried.append(told);
    if (hadFocus) {
      told.tabIndex = -1;
      told.focus();
    }
    const head = document.getElementById(`${question.id}-carried`);
    if (head) head.remove();
    question.classList.remove("waits");
    const all = form.querySelector(".confirm-all");
    if (all) all.hidden = !form.querySelector(".waits:not([hidden])");
  }

  function showWaiting(sentence) {
    const place = document.getElementById("waiting-words");
    place.textContent = sentence;
    place.hidden = !sentence;
  }

  function tryAgain(question) {
    waiting.add(question);
    failures += 1;
    say(words.offline, true);
    window.clearTimeout(retry);
    retry = window.setTimeout(next, Math.min(LONGEST_WAIT, 1000 * 2 ** failures));
  }

  async function next() {
    if (saving || leaving || !waiting.size) return;
    const [question] = waiting;
    waiting.delete(question);
    saving = question;
    control = new AbortController();
    if (!failures) say(words.saving);
    try {
      const response = await fetch(words.answerAddress, { method: "POST", body: body(question), credentials: "same-origin", signal: control.signal });
      const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
      if (isJson) {
        failures = 0;
        take(question, await response.json());
      } else if (response.status >= 500 || response.status === 429) {
        tryAgain(question);
      } else {
        waiting.add(question);
        say(words.over, true);
        saving = null;
        return;
      }
    } catch {
      if (!leaving) tryAgain(question);
    }
    saving = null;
    if (!failures) next();
  }

  function save(question, pause = 0) {
    if (!question) return;
    window.clearTimeout(timers.get(question));
    timers.set(question, window.setTimeout(() => {
      timers.delete(question);
      waiting.add(question);
      next();
    }, pause));
  }

  function showComment(question) {
    const comment = question.querySelector("[data-comment-when]");
    const when = comment ? comment.dataset.commentWhen.split(" ").filter(Boolean) : [];
    if (!when.length) return;
    const chosen = inputsOf(question).filter((input) => input.checked).map((input) => input.value);
    comment.hidden = !when.some((code) => chosen.includes(code));
  }

  function keepExclusive(box) {
    if (box.type !== "checkbox" || !box.checked || box.name === "confirm") return;
    for (const other of box.closest("fieldset").querySelectorAll("input[type=checkbox]")) {
      if (other !== box && ("exclusive" in box.dataset || "exclusive" in other.dataset)) other.checked = false;
    }
  }

  function checkSize(input) {
    const large = [...input.files].find((file) => file.size > LARGEST);
    showProblem(questionOf(input).id, large ? words.large.replace("{name}", large.name) : "");
    if (large) input.value = "";
  }

  form.addEventListener("change", (event) => {
    const input = event.target;
    const question = questionOf(input);
    if (!question) return;
    if (input.type === "file") return checkSize(input);
    keepExclusive(input);
    showComment(question);
    // a table waits until the row is left, a certificate until all of it is: half written is nothing to complain of
    if (!input.closest("table, .record")) save(question);
    else question.dataset.changed = "yes";
  });

  form.addEventListener("input", (event) => {
    const input = event.target;
    if (input.closest("table, .record") || !input.matches("textarea, input:not([type=radio], [type=checkbox], [type=file], [type=date])")) return;
    save(questionOf(input), PAUSE);
  });

  form.addEventListener("focusout", (event) => {
    const whole = event.target.closest("table.entry tr, .record");
    if (!whole || whole.contains(event.relatedTarget)) return;
    const question = questionOf(whole);
    if (!question.dataset.changed) return;
    delete question.dataset.changed;
    save(question);
  });

  function addRow(question) {
    const rows = question.querySelectorAll("tbody tr");
    const most = Number(question.querySelector("[data-rows-at-most]").dataset.rowsAtMost);
    if (rows.length >= most) return null;
    const last = rows.length ? Number(/\d+$/.exec(rows[rows.length - 1].querySelector("th").id)[0]) : 0;
    const template = question.querySelector("template").innerHTML.replaceAll("{n}", String(last + 1));
    question.querySelector("tbody").insertAdjacentHTML("beforeend", template);
    return question.querySelector("tbody tr:last-child");
  }

  function fill(cell, text) {
    if (cell.tagName !== "SELECT") {
      cell.value = text;
      return;
    }
    const wanted = text.trim().toLowerCase();
    const option = [...cell.options].find((one) => one.value.toLowerCase() === wanted || one.text.trim().toLowerCase() === wanted);
    cell.value = option ? option.value : "";
  }

  form.addEventListener("paste", (event) => {
    const cell = event.target.closest("table.entry td > *");
    const text = (event.clipboardData || { getData: () => "" }).getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!cell || !(text.includes("\t") || (text.includes("\n") && cell.tagName !== "TEXTAREA"))) return;
    event.preventDefault();
    const question = questionOf(cell);
    const first = [...cell.closest("tr").querySelectorAll("td")].indexOf(cell.closest("td"));
    let row = cell.closest("tr");
    for (const line of text.split("\n")) {
      if (!row) row = addRow(question);
      if (!row) break;
      const cells = [...row.querySelectorAll("td > *")].slice(first);
      line.split("\t").forEach((part, place) => cells[place] && fill(cells[place], part));
      row = row.nextElementSibling;
    }
    save(question);
  });

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=add_row]");
    if (!button) return;
    event.preventDefault();
    const added = [1, 2, 3].map(() => addRow(questionOf(button))).filter(Boolean);
    if (added.length) added[0].querySelector("td > *").focus();
  });

  form.addEventListener("submit", () => {
    leaving = true; // the whole page goes now, whatever was on its way
    if (control) control.abort();
    // it may be saved all the same: then what the page showed is no longer what is there
    if (saving) for (const shown of saving.querySelectorAll("input[name^=was-]")) shown.disabled = true;
  });

  window.addEventListener("online", () => {
    failures = 0;
    next();
  });

  window.addEventListener("beforeunload", (event) => {
    const unsaved = waiting.size || saving || timers.size || form.querySelector("[data-changed]");
    if (unsaved && !leaving) event.preventDefault();
  });

  window.addEventListener("pageshow", () => {
    leaving = false;
  });

  status.classList.add("at-hand");
  say(words.ready);
  for (const hint of form.querySelectorAll(".only-with-script")) hint.hidden = false;
  for (const question of form.querySelectorAll("[data-question]")) showComment(question);
})();
