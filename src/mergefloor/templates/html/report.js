// The table of cases. Foreign text enters the page as text nodes only.
(() => {
  "use strict";
  const root = document.documentElement;
  const find = (id) => document.getElementById(id);
  const data = JSON.parse(find("data").textContent);
  const { words, states, cases } = data;
  const PAGE = 50;
  const EXCITING = new Set(["broken", "suspect", "unresolved", "fixed", "improved"]);
  const RESULTS = [words.failed, words.passed, words.unknownResult, words.notRun];
  const view = { q: "", suite: "", state: "", tag: "", page: 1, open: "" };
  const several = new Set(cases.map((one) => one.s)).size > 1;
  let matching = cases;
  let texts = null;

  const make = (name, attributes = {}, ...children) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children.filter((child) => child !== null && child !== ""));
    return node;
  };
  const fill = (template, values) => template.replace(/{(\w+)}/g, (_, key) => values[key]);
  const number = (value) => value.toLocaleString("en");
  const percent = (rate) => (rate === null ? words.unknown : `${Math.round(rate * 100)} %`);
  const address = (one) => (several ? `${one.s}/${one.i}` : one.i);

  // -- what matches -----------------------------------------------------------------------------------------
  const searchable = () => {
    texts ??= cases.map((one) => {
      const answers = (one.d ?? []).map((edit) => edit.slice(1)).join("");
      const checks = (one.g ?? []).map((check) => [check[0], check[4], check[5]].join(" ")).join(" ");
      return [one.i, one.s, one.q, one.l, (one.t ?? []).join(" "), answers, checks].join("\n").toLowerCase();
    });
    return texts;
  };
  const inState = (one) => {
    if (!view.state) return true;
    if (view.state === "critical") return Boolean(one.c);
    const key = states[one.k][0];
    return view.state === "changed" ? EXCITING.has(key) : key === view.state;
  };
  const select = () => {
    const wanted = view.q.toLowerCase().split(/\s+/).filter(Boolean);
    const known = wanted.length ? searchable() : null;
    matching = cases.filter((one, index) =>
      inState(one) &&
      (!view.suite || one.s === view.suite) &&
      (!view.tag || (one.t ?? []).includes(view.tag)) &&
      wanted.every((word) => known[index].includes(word)));
  };

  // -- one case ---------------------------------------------------------------------------------------------
  const MARKS = { "-": ["del", words.gone], "+": ["ins", words.new] };
  const answer = (edits, left) => {
    const shared = edits.some((edit) => edit[0] === "=");
    const text = make("pre", { class: "text" });
    for (const edit of edits) {
      if (edit[0] === left) continue;
      const mark = MARKS[edit[0]];
      if (!mark || !shared) text.append(edit.slice(1));
      else text.append(make(mark[0], {}, make("span", { class: "hidden" }, mark[1]), edit.slice(1)));
    }
    return text;
  };
  const titled = (title, note, body) => make("div", {}, make("h3", {}, note ? `${title} · ${note}` : title), body);
  const answers = (one) => {
    const edits = one.d ?? [];
    const moved = edits.some((edit) => edit[0] !== "=");
    if (edits.length && !moved && !one.x && !one.y) return titled(words.same, "", answer(edits, ""));
    const sides = [[words.baseAnswer, one.x, "+"], [words.headAnswer, one.y, "-"]];
    return make("div", { class: "sides" }, ...sides.map(([title, note, left]) => titled(title, note, answer(edits, left))));
  };
  const checks = (one) => {
    const head = [words.check, words.base, words.head, words.reason];
    const body = make("tbody");
    for (const [name, base, now, gating, before = "", after = ""] of one.g ?? []) {
      const title = gating ? name : `${name} (${words.shownOnly})`;
      const why = after || (before && `${words.base}: ${before}`);
      body.append(make("tr", {}, make("th", { scope: "row" }, title), make("td", {}, RESULTS[base]), make("td", {}, RESULTS[now]), make("td", {}, why)));
    }
    const top = make("thead", {}, make("tr", {}, ...head.map((title) => make("th", { scope: "col" }, title))));
    return body.childElementCount ? make("table", { class: "checks" }, make("caption", { class: "hidden" }, words.checks), top, body) : null;
  };
  const detail = (one) => make("div", { class: "detail" },
    make("p", { class: "soft" }, `${states[one.k][1]}: ${states[one.k][2]}${one.f ? ` · ${one.f}` : ""}`),
    one.l ? make("p", {}, one.l) : null,
    one.q ? titled(words.question, "", make("pre", { class: "text" }, one.q)) : null,
    one.d || ((one.x || one.y) && words.noText !== words.withheld) ? answers(one) : make("p", { class: "soft" }, words.noText),
    checks(one),
    make("p", { class: "soft" }, `${words.place} `, make("code", {}, one.p), ` · ${words.explain} `, make("code", {}, `mergefloor explain ${address(one)}`)),
    one.t ? make("p", { class: "tags soft" }, `${words.tag}: ${one.t.join(", ")}`) : null);

  const row = (one) => {
    const open = view.open === address(one);
    const name = make("button", { type: "button", "aria-expanded": open, "data-case": address(one) },
      make("code", {}, one.i),
      one.c ? make("span", { class: "crit" }, words.critical) : null,
      make("span", { class: "question" }, several ? `${one.s} · ${one.q ?? ""}` : one.q ?? ""));
    const [key, label, hint] = states[one.k];
    const line = make("tr", {},
      make("th", { scope: "row" }, name),
      make("td", {}, make("span", { class: `pill ${key}`, title: hint }, label)),
      make("td", { class: "number" }, percent(one.b)),
      make("td", { class: "number" }, percent(one.h)));
    return open ? [line, make("tr", {}, make("td", { colspan: 4 }, detail(one)))] : [line];
  };

  // -- the page ---------------------------------------------------------------------------------------------
  const draw = () => {
    const pages = Math.max(1, Math.ceil(matching.length / PAGE));
    view.page = Math.min(Math.max(1, view.page), pages);
    const from = (view.page - 1) * PAGE;
    const shown = matching.slice(from, from + PAGE);
    const empty = make("tr", {}, make("td", { colspan: 4 }, words.none));
    find("rows").replaceChildren(...(shown.length ? shown.flatMap(row) : [empty]));
    find("count").textContent = fill(words.count, { shown: number(matching.length), all: number(data.total) });
    find("pages").hidden = pages === 1;
    previous.disabled = view.page === 1;
    next.disabled = view.page === pages;
    range.textContent = fill(words.range, { from: number(from + 1), to: number(from + shown.length), all: number(matching.length) });
    root.dataset.matching = String(matching.length);
  };
  const remember = () => {
    const kept = Object.entries(view).filter(([key, value]) => value && !(key === "page" && value === 1));
    try { history.replaceState(null, "", `#${new URLSearchParams(kept)}`); } catch { /* a page without an address works all the same */ }
  };
  const change = (values) => {
    Object.assign(view, values);
    select();
    draw();
    remember();
  };
  const button = (name) => find("rows").querySelector(`button[data-case="${CSS.escape(name)}"]`);
  const toggle = (name) => {
    Object.assign(view, { open: view.open === name ? "" : name });
    draw();
    remember();
    button(name)?.focus();
  };

  // -- controls ---------------------------------------------------------------------------------------------
  const tally = (keys) => {
    const counts = new Map();
    for (const one of cases) for (const key of keys(one)) counts.set(key, (counts.get(key) ?? 0) + 1);
    return counts;
  };
  const choice = (key, title, options) => {
    const list = make("select", { name: key }, make("option", { value: "" }, words.every));
    for (const [value, label] of options) list.append(make("option", { value }, label));
    list.addEventListener("change", () => change({ [key]: list.value, page: 1, open: "" }));
    return make("label", {}, title, list);
  };
  const controls = () => {
    const form = find("filters");
    const byState = tally((one) => [states[one.k][0], ...(EXCITING.has(states[one.k][0]) ? ["changed"] : []), ...(one.c ? ["critical"] : [])]);
    const labels = [["changed", words.changed], ["critical", words.critical], ...states];
    const known = labels.filter(([key]) => byState.has(key)).map(([key, label]) => [key, `${label} (${number(byState.get(key))})`]);
    const named = (counts) => [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, count]) => [key, `${key} (${number(count)})`]);
    const search = make("input", { type: "search", name: "q", placeholder: words.search_hint, autocomplete: "off", spellcheck: "false" });
    search.addEventListener("input", () => change({ q: search.value, page: 1, open: "" }));
    const suites = tally((one) => [one.s]);
    const tags = tally((one) => one.t ?? []);
    form.append(make("label", {}, words.search, search), choice("state", words.state, known));
    if (several) form.append(choice("suite", words.suite, named(suites)));
    if (tags.size) form.append(choice("tag", words.tag, named(tags)));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.after(make("p", { class: "soft keys" }, words.keys));
    form.hidden = false;
    return search;
  };
  const turn = (by, focus) => {
    view.open = "";
    change({ page: view.page + by });
    const buttons = find("rows").querySelectorAll("button");
    if (focus) buttons[by > 0 ? 0 : buttons.length - 1]?.focus();
  };
  const previous = make("button", { type: "button" }, words.previous);
  const next = make("button", { type: "button" }, words.next);
  const range = make("span", { class: "soft" });
  find("pages").append(range, previous, next);
  previous.addEventListener("click", () => turn(-1, false));
  next.addEventListener("click", () => turn(1, false));
  const search = controls();
  find("rows").addEventListener("click", (event) => {
    const pressed = event.target.closest("button[data-case]");
    if (pressed) toggle(pressed.dataset.case);
  });

  // -- keys -------------------------------------------------------------------------------------------------
  const move = (by) => {
    const buttons = [...find("rows").querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    const to = at < 0 ? 0 : at + by;
    if (buttons[to]) buttons[to].focus();
    else if (to < 0 ? view.page > 1 : !next.disabled) turn(by, true);
  };
  const escape = () => {
    if (document.activeElement === search) search.value ? (search.value = "", change({ q: "", page: 1 })) : search.blur();
    else if (view.open) toggle(view.open);
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input, select, textarea");
    const inside = find("rows").contains(document.activeElement);
    if (event.key === "Escape") return escape();
    if (event.target === search && event.key === "ArrowDown") { event.preventDefault(); return move(1); }
    if (typing) return;
    const steps = { j: 1, k: -1, ...(inside ? { ArrowDown: 1, ArrowUp: -1 } : {}) };
    if (event.key === "/") { event.preventDefault(); search.focus(); }
    else if (event.key in steps) { event.preventDefault(); move(steps[event.key]); }
  });

  // -- the address: #q=refund&state=broken&open=ID&theme=dark ---------------------------------------------------
  const read = () => {
    const asked = new URLSearchParams(location.hash.slice(1));
    if (!location.hash.includes("=")) return;
    for (const key of ["q", "suite", "state", "tag", "open"]) view[key] = asked.get(key) ?? "";
    view.page = Number.parseInt(asked.get("page"), 10) || 1;
    theme.paint(asked.get("theme"));
    for (const control of find("filters").elements) if (control.name in view) control.value = view[control.name];
    select();
    const at = matching.findIndex((one) => address(one) === view.open);
    if (at >= 0) view.page = Math.floor(at / PAGE) + 1;
  };
  const start = () => {
    read();
    draw();
    if (view.open) button(view.open)?.focus();
  };
  theme.paint(theme.kept());
  window.addEventListener("hashchange", start);
  start();
  find("table").getBoundingClientRect();
  root.dataset.ready = String(Math.round(performance.now()));
})();
