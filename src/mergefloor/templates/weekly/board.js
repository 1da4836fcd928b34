// The lines of the dashboard. Foreign text enters the page as text nodes only.
(() => {
  "use strict";
  const root = document.documentElement;
  const find = (id) => document.getElementById(id);
  const data = JSON.parse(find("data").textContent);
  const { words, suites, today } = data;
  const DAY = 864e5;
  const LONE = "m-1.5 -1.5h3v3h-3z"; // a point without neighbours, so that it can be seen
  const SPANS = { quarter: 90, year: 365, all: Infinity };
  const view = { suite: "", range: "quarter", q: "", class: "", standing: "" };
  const rows = [...find("rows").children];
  for (const one of suites) {
    let day = 0;
    one.days = one.t.map((step) => (day += step));
    const slots = one.days.map((day, index) => ({ day, members: [index], gap: one.b.includes(index) }));
    one.slots = { fine: slots, coarse: weeks(slots) };
  }
  // Beyond three months single days are noise: they are drawn as weeks there, as the time before is.
  function weeks(slots) {
    const found = [];
    for (const slot of slots) {
      const daily = today - slot.day < data.daily;
      const day = daily ? today - (Math.floor((today - slot.day) / data.width) + 1) * data.width + 1 : slot.day;
      const last = found[found.length - 1];
      if (daily && last?.day === day) last.members.push(...slot.members);
      else found.push({ day, members: [...slot.members], gap: slot.gap && (!last || day - last.day > 1.5 * data.width) });
    }
    return found;
  }
  const named = new Map(suites.map((one) => [one.n, one]));

  const append = (node, attributes, children) => {
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children.filter((child) => child !== null && child !== ""));
    return node;
  };
  const make = (name, attributes = {}, ...children) => append(document.createElement(name), attributes, children);
  const draw = (name, attributes = {}, ...children) => append(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
  const fill = (template, values) => template.replace(/{(\w+)}/g, (_, key) => values[key]);
  const iso = (day) => new Date(day * DAY).toISOString().slice(0, 10);
  const round = (value) => Math.round(value * 10) / 10;
  const percent = (value) => `${round(value * 100)} %`;
  const plain = (value) => (Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en") : String(+value.toPrecision(3)));
  const short = (value) => (value >= 1e6 ? `${+(value / 1e6).toPrecision(3)}M` : value >= 1e4 ? `${Math.round(value / 1e3)}k` : plain(value));

  // -- one chart ----------------------------------------------------------------------------------------------
  const LEFT = 46, TOP = 16, BOTTOM = 22, HEIGHT = 168;
  let charts = [];

  const niceStep = (span, wanted) => {
    const raw = span / wanted;
    const power = 10 ** Math.floor(Math.log10(raw));
    return [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= raw);
  };
  const scale = (known, zero, share) => {
    let low = zero ? 0 : Math.min(...known), high = Math.max(...known);
    const least = share ? 0.1 : zero ? (high > 0 ? 0 : 1) : (Math.abs(high) || 1) * 0.1;
    const pad = (high - low) * 0.08;
    if (high - low < least) [low, high] = [zero ? 0 : (low + high - least) / 2, zero ? high + least : (low + high + least) / 2];
    else [low, high] = [zero ? 0 : low - pad, high + pad];
    if (share) [low, high] = low < 0 && share !== "kappa" ? [0, Math.max(0.1, high - low)] : high > 1 ? [Math.min(low, 0.9), 1] : [low, high];
    return [low, high];
  };
  const months = (first, width) => {
    const found = [];
    const start = new Date(first * DAY);
    for (let month = 0; month < 600; month++) {
      const day = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + month, 1) / DAY;
      if (day > today) break;
      if (day >= first) found.push(day);
    }
    const step = [1, 2, 3, 6, 12, 24, 60].find((each) => found.length / each <= width / 58) ?? 120;
    const month = (day) => new Date(day * DAY).getUTCMonth() + 12 * new Date(day * DAY).getUTCFullYear();
    return found.filter((day) => month(day) % step === 0);
  };
  const label = (day, first) => {
    const date = new Date(day * DAY);
    if (date.getUTCMonth() === 0) return String(date.getUTCFullYear());
    const name = date.toLocaleString("en", { month: "short", timeZone: "UTC" });
    return first ? `${name} ${date.getUTCFullYear()}` : name;
  };

  const path = (axis, at, gaps, x, y) => {
    let text = "", pen = "M", alone = false;
    for (const index of axis) {
      const value = at(index);
      if (value === null || gaps(index)) { if (alone) text += LONE; pen = "M"; alone = false; }
      if (value === null) continue;
      text += `${pen}${round(x(index))} ${round(y(value))}`;
      alone = pen === "M";
      pen = "L";
    }
    return alone ? text + LONE : text;
  };
  const band = (axis, series, gaps, x, y) => {
    const pieces = [];
    let piece = [];
    const close = () => {
      if (piece.length === 1) piece.push({ ...piece[0], x: piece[0].x + 2 });
      if (piece.length) pieces.push(`M${piece.map((p) => `${p.x} ${p.h}`).join("L")}L${piece.reverse().map((p) => `${p.x} ${p.l}`).join("L")}z`);
      piece = [];
    };
    for (const index of axis) {
      const low = series.low(index), high = series.high(index);
      if (low === null || high === null || gaps(index)) close();
      if (low !== null && high !== null) piece.push({ x: round(x(index)), l: round(y(low)), h: round(y(high)) });
    }
    close();
    return pieces.join("");
  };

  // `one` chart of a suite: lines with one scale. `clusters`: changes that are too near to be told apart.
  const chart = (suite, spec, first, width) => {
    const slots = suite.slots[view.range === "quarter" ? "fine" : "coarse"];
    const gaps = (index) => slots[index].gap;
    const over = (at) => at && ((index) => {
      const values = slots[index].members.map(at).filter((value) => value !== null);
      return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
    });
    const lines = spec.lines.map((line) => ({ ...line, at: over(line.at), low: over(line.low), high: over(line.high) }));
    const axis = slots.map((_, index) => index).filter((index) => slots[index].day + (view.range === "quarter" ? 1 : data.width) > first);
    const known = axis.flatMap((index) => lines.flatMap((line) => [line.at(index), line.low?.(index), line.high?.(index)])).filter((value) => value !== null && value !== undefined);
    if (!known.length) return null;
    const [low, high] = scale(known, spec.zero, spec.share);
    const x = (day) => LEFT + ((Math.max(day, first) - first) / Math.max(1, today - first)) * (width - LEFT - 8);
    const y = (value) => TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM);
    const across = (index) => x(slots[index].day);
    const svg = draw("svg", { class: "chart", viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": `${suite.n}: ${spec.title}` });
    const step = niceStep(high - low, 5);
    for (let tick = Math.ceil(low / step - 1e-9) * step; tick <= high + step * 1e-6; tick += step) {
      svg.append(draw("line", { class: "grid", x1: LEFT, x2: width - 8, y1: y(tick), y2: y(tick) }),
        draw("text", { x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, spec.share === true ? percent(tick) : short(+tick.toPrecision(6))));
    }
    months(first, width - LEFT).forEach((day, index) => {
      const at = x(day);
      if (at < width - 30) svg.append(draw("text", { x: at, y: HEIGHT - 6, "text-anchor": at < LEFT + 24 ? "start" : "middle" }, label(day, index === 0)));
      svg.append(draw("line", { class: "grid", x1: at, x2: at, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM + 4 }));
    });
    lines.forEach((line, index) => {
      if (line.low) svg.append(draw("path", { class: "band", d: band(axis, line, gaps, across, y) }));
      svg.append(draw("path", { class: `line s${index}`, d: path(axis, line.at, gaps, across, y) }));
    });
    const cursor = draw("line", { class: "cursor", visibility: "hidden", x1: LEFT, x2: LEFT, y1: TOP, y2: HEIGHT - BOTTOM });
    svg.append(cursor);
    const flags = clusters(suite, first, x).map((cluster) => {
      const flag = draw("circle", { class: "flag", cx: cluster.x, cy: TOP - 8, r: 4 });
      const when = draw("line", { class: "when", x1: cluster.x, x2: cluster.x, y1: TOP - 4, y2: HEIGHT - BOTTOM });
      const hit = draw("line", { class: "hit", "data-mark": cluster.key, x1: cluster.x, x2: cluster.x, y1: 0, y2: HEIGHT - BOTTOM });
      hit.addEventListener("pointerenter", () => point(cluster));
      hit.addEventListener("click", () => point(cluster));
      svg.append(when, flag, hit);
      return { cluster, parts: [when, flag] };
    });
    svg.addEventListener("pointermove", (event) => {
      if (event.target.classList.contains("hit")) return;
      const box = svg.getBoundingClientRect();
      const day = first + (((event.clientX - box.left) / box.width) * width - LEFT) / (width - LEFT - 8) * (today - first);
      const near = axis.reduce((best, index) => (Math.abs(slots[index].day - day) < Math.abs(slots[best].day - day) ? index : best), axis[0]);
      cursor.setAttribute("visibility", "visible");
      cursor.setAttribute("x1", across(near));
      cursor.setAttribute("x2", across(near));
      read(slots[near].day, spec, lines, near);
    });
    charts.push({ flags });
    return svg;
  };
  const clusters = (suite, first, x) => {
    const found = [];
    for (const [day, fact, old, now] of suite.c) {
      if (day < first) continue;
      const at = x(day), last = found[found.length - 1];
      const text = { day, text: fill(words.change, { fact, old, new: now }) };
      if (last && at - last.x < 9) last.marks.push(text);
      else found.push({ x: at, key: String(found.length), marks: [text] });
    }
    return found;
  };

  // -- what is pointed at ---------------------------------------------------------------------------------------
  const say = (...lines) => {
    find("told").hidden = false;
    find("told").replaceChildren(...lines.map((line) => make("div", {}, line)));
  };
  const point = (cluster) => {
    for (const each of charts) for (const { cluster: one, parts } of each.flags) for (const part of parts) part.classList.toggle("on", one.key === cluster.key);
    const shown = new Set(cluster.marks);
    for (const item of find("marks").querySelectorAll("li")) item.classList.toggle("on", item.dataset.mark === cluster.key);
    root.dataset.pointed = cluster.key;
    say(...[...shown].map((mark) => `${iso(mark.day)} · ${mark.text}`));
  };
  const slot = (day) => (view.range === "quarter" && today - day < data.daily ? iso(day) : fill(words.week, { day: iso(day), width: data.width }));
  const read = (day, spec, lines, index) => {
    const told = (value) => (value === null ? words.unknown : spec.share === true ? percent(value) : plain(value));
    const parts = lines.map((line) => {
      const ends = line.low && line.low(index) !== null ? ` (${told(line.low(index))} to ${told(line.high(index))})` : "";
      return `${line.label ? `${line.label} ` : ""}${told(line.at(index))}${ends}`;
    });
    say(`${slot(day)} · ${spec.title}: ${parts.join(", ")}`);
  };

  // -- one suite --------------------------------------------------------------------------------------------------
  const specs = (suite) => {
    const found = suite.m.map((metric) => {
      const at = (index) => (metric.v[index] === null ? null : metric.v[index] / 1000);
      const low = (index) => (metric.l[index] === null ? null : (metric.v[index] - metric.l[index]) / 1000);
      const high = (index) => (metric.h[index] === null ? null : (metric.v[index] + metric.h[index]) / 1000);
      return { title: metric.n, code: true, group: words[metric.g], share: metric.k ? true : "score", lines: [{ label: "", at, low, high }] };
    });
    const use = (title, names, more) => {
      const lines = names.filter((name) => suite.u[name]).map((name) => ({ label: names.length > 1 ? words[name] : "", at: (index) => suite.u[name][index] }));
      return lines.length ? [{ title, group: "", lines, ...more }] : [];
    };
    const zero = { zero: true };
    return [...found, ...use(words.seconds, ["p50", "p95", "p99"], zero), ...use(words.usd, ["usd"], zero), ...use(words.tokens, ["in", "out"], zero),
      ...use(words.judge, ["agreement", "kappa"], { share: "kappa" }), ...use(words.length, ["length"], zero), ...use(words.unresolved, ["unresolved"], zero)];
  };
  const figure = (suite, spec, first, width) => {
    const svg = chart(suite, spec, first, width);
    if (!svg) return null;
    const legend = spec.lines.length > 1 ? spec.lines.map((line, index) => make("span", { class: `key s${index}` }, line.label)) : [];
    const note = spec.group && spec.group !== words.outcome ? make("span", { class: "soft" }, spec.group) : null;
    return make("figure", {}, make("figcaption", {}, spec.code ? make("code", {}, spec.title) : spec.title, note, ...legend), svg);
  };
  const show = () => {
    const suite = named.get(view.suite);
    for (const row of rows) row.classList.toggle("chosen", row.dataset.suite === view.suite);
    picker.value = suite ? view.suite : "";
    for (const button of find("controls").querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === view.range));
    find("lines").hidden = false;
    find("told").hidden = true;
    charts = [];
    delete root.dataset.pointed;
    if (!suite) { find("lines").replaceChildren(make("p", { class: "soft" }, words.noData)); find("marks").hidden = true; return; }
    const first = Math.max(today - SPANS[view.range] + 1, suite.days[0]);
    const space = find("lines").clientWidth || 600;
    const columns = space >= 1072 ? 2 : 1;
    const width = Math.round((space - (columns - 1) * 32) / columns);
    find("lines").replaceChildren(...specs(suite).map((spec) => figure(suite, spec, first, width)).filter(Boolean));
    list(suite, first);
    root.dataset.suite = suite.n;
    root.dataset.charts = String(charts.length);
  };
  const list = (suite, first) => {
    const found = charts.length ? charts[0].flags.map(({ cluster }) => cluster) : [];
    const items = found.flatMap((cluster) => cluster.marks.map((mark) => {
      const item = make("li", { tabindex: "0", "data-mark": cluster.key }, make("time", { datetime: iso(mark.day) }, iso(mark.day)), mark.text);
      for (const event of ["pointerenter", "focus"]) item.addEventListener(event, () => point(cluster));
      return item;
    })).reverse();
    find("marks").hidden = false;
    find("marks").replaceChildren(make("h3", {}, words.changes), items.length ? make("ul", { class: "marks-list" }, ...items) : make("p", { class: "soft" }, words.noChanges));
  };

  // -- which suites -----------------------------------------------------------------------------------------------
  const select = () => {
    const wanted = view.q.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const fits = (!view.class || row.dataset.class === view.class) && (!view.standing || row.dataset.standing === view.standing) && wanted.every((word) => text.includes(word));
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    find("count").textContent = shown ? fill(words.count, { shown, all: rows.length }) : words.none;
    root.dataset.matching = String(shown);
  };
  const remember = () => {
    const kept = Object.entries(view).filter(([key, value]) => value && !(key === "range" && value === "quarter"));
    try { history.replaceState(null, "", `#${new URLSearchParams(kept)}`); } catch { /* a page without an address works all the same */ }
  };
  const change = (values) => {
    Object.assign(view, values);
    if ("suite" in values || "range" in values) show();
    else select();
    remember();
  };
  const choice = (key, title, options) => {
    const box = make("select", { name: key }, make("option", { value: "" }, words.every));
    for (const [value, text] of options) box.append(make("option", { value }, text));
    box.addEventListener("change", () => change({ [key]: box.value }));
    return make("label", {}, title, box);
  };
  const tally = (key, text) => {
    const counts = new Map();
    for (const row of rows) counts.set(row.dataset[key], [text(row), (counts.get(row.dataset[key])?.[1] ?? 0) + 1]);
    return [...counts].map(([value, [name, count]]) => [value, `${name} (${count})`]);
  };
  const search = make("input", { type: "search", name: "q", autocomplete: "off", spellcheck: "false" });
  search.addEventListener("input", () => change({ q: search.value }));
  find("filters").append(make("label", {}, words.search, search),
    choice("standing", words.standing, tally("standing", (row) => row.querySelector(".pill").textContent)),
    choice("class", words.class, tally("class", (row) => row.dataset.class)));
  find("filters").addEventListener("submit", (event) => event.preventDefault());
  find("filters").hidden = false;
  for (const row of rows) {
    if (!named.has(row.dataset.suite)) continue;
    const place = row.querySelector(".open");
    const button = make("button", { type: "button", "data-open": row.dataset.suite }, ...place.childNodes);
    button.addEventListener("click", () => {
      change({ suite: row.dataset.suite });
      find("over-time").scrollIntoView();
    });
    place.replaceChildren(button);
  }
  const picker = make("select", { name: "suite" }, ...suites.map((one) => make("option", { value: one.n }, one.n)));
  picker.addEventListener("change", () => change({ suite: picker.value }));
  find("controls").append(make("label", {}, words.suite, picker),
    ...Object.keys(SPANS).map((range) => {
      const button = make("button", { type: "button", value: range }, words[range]);
      button.addEventListener("click", () => change({ range }));
      return button;
    }));
  find("controls").hidden = false;

  // -- the address: #suite=support&range=year&q=…&theme=dark --------------------------------------------------------
  const start = () => {
    if (location.hash.includes("=")) {
      const asked = new URLSearchParams(location.hash.slice(1));
      for (const key of Object.keys(view)) view[key] = asked.get(key) ?? "";
      theme.paint(asked.get("theme"));
      for (const control of find("filters").elements) if (control.name in view) control.value = view[control.name];
    }
    if (!(view.range in SPANS)) view.range = "quarter";
    if (!named.has(view.suite)) view.suite = suites[0]?.n ?? "";
    select();
    show();
  };
  theme.paint(theme.kept());
  window.addEventListener("hashchange", () => { if (location.hash.includes("=")) start(); });
  let width = 0;
  window.addEventListener("resize", () => {
    if (find("lines").clientWidth !== width) show();
    width = find("lines").clientWidth;
  });
  start();
  width = find("lines").clientWidth;
  root.dataset.ready = String(Math.round(performance.now()));
})();
