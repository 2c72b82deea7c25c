// Draws the rooflines, and makes tables sortable and filterable. Without this script the page has the
// same content.
(function () {
  "use strict";

  const data = JSON.parse(document.getElementById("data").textContent);
  const colour = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const marks = { library: "circle", native: "triangle", portable: "rect" };
  const kSeries = 6;

  const prefixed = (value) => {
    if (value < 1) return String(Number(value.toPrecision(1)));
    const step = Math.min(6, Math.floor(Math.log10(value) / 3 + 1e-9));
    return Number((value / 1000 ** step).toPrecision(2)) + ["", " k", " M", " G", " T", " P", " E"][step];
  };

  // Powers of ten; also their multiples by 2 and 5 if there are few.
  const thin = (axis) => {
    const decades = Math.log10(axis.max / axis.min);
    const ticks = [];
    for (let power = Math.floor(Math.log10(axis.min)); power <= Math.log10(axis.max); ++power) {
      for (const step of decades < 2 ? [1, 2, 5] : [1]) {
        const value = Number((step * 10 ** power).toPrecision(1));
        if (value >= axis.min && value <= axis.max) ticks.push({ value });
      }
    }
    axis.ticks = ticks;
  };

  const wrapped = (text, width) => {
    const lines = [""];
    for (const word of text.split(" ")) {
      if (lines[lines.length - 1].length + word.length > width) lines.push("");
      lines[lines.length - 1] += (lines[lines.length - 1] ? " " : "") + word;
    }
    return lines;
  };

  const words = (point) => [point.implementation, point.rate, point.share].filter(Boolean);

  // Writes the values of the roofs along their lines.
  const roofLabels = {
    id: "roofLabels",
    beforeDatasetsDraw(chart, args, figure) {
      const { ctx, scales: { x, y }, chartArea: area } = chart;
      const text = (label, left, top, angle, align) => {
        ctx.save();
        ctx.translate(left, top);
        ctx.rotate(angle);
        ctx.font = "600 11px " + getComputedStyle(document.body).fontFamily;
        ctx.textAlign = align;
        ctx.lineWidth = 4;
        ctx.strokeStyle = colour("card");
        ctx.strokeText(label, 0, 0);
        ctx.fillStyle = colour("roof");
        ctx.fillText(label, 0, 0);
        ctx.restore();
      };
      if (figure.peak !== null) {
        text(prefixed3(figure.peak) + figure.unit, area.right - 4,
             y.getPixelForValue(figure.peak) - 7, 0, "right");
      }
      if (figure.bandwidth !== null) {
        const at = figure.x[0] * 1.15, rate = figure.bandwidth;
        const left = x.getPixelForValue(at), top = y.getPixelForValue(at * rate);
        const angle = Math.atan2(y.getPixelForValue(2 * at * rate) - top,
                                 x.getPixelForValue(2 * at) - left);
        text(prefixed3(rate) + "B/s", left, top - 7, angle, "left");
      }
    },
  };

  function prefixed3(value) {
    const step = Math.max(0, Math.min(6, Math.floor(Math.log10(value) / 3 + 1e-9)));
    const shown = value / 1000 ** step;
    return shown.toFixed(shown >= 99.95 ? 0 : shown >= 9.995 ? 1 : 2) + " " +
      ["", "k", "M", "G", "T", "P", "E"][step];
  }

  function options(figure) {
    const axis = (range, title, ticks) => ({
      type: "logarithmic", min: range[0], max: range[1], afterBuildTicks: thin,
      title: { display: true, text: title, color: colour("quiet"), font: { size: 11 } },
      ticks: { color: colour("quiet"), font: { size: 11 }, callback: ticks },
      grid: { color: colour("line"), drawTicks: false, borderColor: colour("line") },
    });
    return {
      animation: false, responsive: true, maintainAspectRatio: false,
      interaction: { mode: "nearest", intersect: true },
      scales: {
        x: axis(figure.x, "intensity, " + figure.unit.replace("/s", "") + " per byte",
                (value) => String(value)),
        y: axis(figure.y, figure.unit, prefixed),
      },
      plugins: {
        legend: { display: false },
        roofLabels: figure,
        tooltip: {
          displayColors: false,
          filter: (item) => item.datasetIndex > 0,
          callbacks: {
            title: (items) => items.length ? wrapped(items[0].raw.problem, 34) : "",
            label: (item) => words(item.raw),
          },
        },
      },
    };
  }

  function datasets(figure) {
    const points = figure.points;
    return [
      { type: "line", data: figure.roof, borderColor: colour("roof"), borderWidth: 2,
        pointRadius: 0, pointHitRadius: 0, borderJoinStyle: "round", order: 2 },
      { type: "scatter", data: points, order: 1, radius: 5.5, hoverRadius: 8, hitRadius: 6,
        pointStyle: points.map((point) => marks[point.division] || "rectRot"),
        backgroundColor: points.map((point) => colour("series-" + (point.series % kSeries))),
        borderColor: colour("card"), borderWidth: 1 },
    ];
  }

  /// Arrow keys move from point to point, in order of intensity.
  function walk(chart, canvas, figure, readout) {
    const order = figure.points.map((point, index) => index)
      .sort((a, b) => figure.points[a].x - figure.points[b].x || figure.points[a].y - figure.points[b].y);
    let place = -1;
    const show = (index) => {
      const element = [{ datasetIndex: 1, index }];
      const { x, y } = chart.getDatasetMeta(1).data[index];
      chart.setActiveElements(element);
      chart.tooltip.setActiveElements(element, { x, y });
      chart.update();
      tell(figure.points[index], readout);
    };
    canvas.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
      if (step) {
        place = (place + step + order.length) % order.length;
        if (place < 0) place = order.length - 1;
        show(order[place]);
        event.preventDefault();
      } else if (event.key === "Enter" && place >= 0) {
        location.hash = "r-" + figure.points[order[place]].record;
      }
    });
  }

  function tell(point, readout) {
    readout.textContent = point.problem + ": " + words(point).join(", ") + ". Record ";
    const link = document.createElement("a");
    link.href = "#r-" + point.record;
    link.textContent = point.record.slice(0, 8);
    readout.append(link);
  }

  function draw(figure) {
    const box = document.getElementById(figure.id);
    const plot = box.querySelector(".plot"), readout = box.querySelector(".readout");
    const canvas = document.createElement("canvas");
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", plot.querySelector("svg").getAttribute("aria-label") +
      " Arrow keys move from point to point.");
    plot.append(canvas);
    box.classList.add("live");
    const chart = new Chart(canvas, {
      data: { datasets: datasets(figure) }, options: options(figure), plugins: [roofLabels],
    });
    canvas.addEventListener("pointermove", (event) => {
      const hit = chart.getElementsAtEventForMode(event, "nearest", { intersect: true }, false)
        .find((item) => item.datasetIndex === 1);
      if (hit) tell(figure.points[hit.index], readout);
    });
    readout.textContent = "Point at a mark, or use the arrow keys, to see its problem.";
    walk(chart, canvas, figure, readout);
    return () => {
      chart.data.datasets = datasets(figure);
      chart.options = options(figure);
      chart.update();
    };
  }

  // A page without rooflines has no data.
  const redraws = (data?.rooflines ?? []).map(draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const redraw of redraws) redraw();
  });

  /// Marks the rows that come after as many as a division shows at once. CSS hides them until the
  /// reader asks for all.
  function fold(table) {
    const most = Number(table.dataset.shown || Infinity);
    for (const body of table.tBodies) {
      let shown = 0;
      for (const row of body.rows) {
        if (row.classList.contains("division") || row.hidden) continue;
        row.classList.toggle("beyond", ++shown > most);
      }
    }
  }

  // Rows are sorted within each division, so that divisions are never ranked against each other.
  function sort(table, heading, key) {
    const down = heading.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.querySelectorAll("th")) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    for (const body of table.tBodies) {
      const rows = [...body.rows].filter((row) => !row.classList.contains("division"));
      const value = (row) => (key in row.dataset ? Number(row.dataset[key]) : NaN);
      rows.sort((a, b) => {
        const left = value(a), right = value(b);
        if (isNaN(left) || isNaN(right)) return isNaN(left) - isNaN(right);
        return down ? right - left : left - right;
      });
      body.append(...rows);
    }
    fold(table);
  }

  for (const heading of document.querySelectorAll("th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    heading.replaceChildren(button);
    button.addEventListener("click", () => sort(heading.closest("table"), heading, heading.dataset.sort));
  }

  function field(label, control) {
    const wrapper = document.createElement("label");
    wrapper.append(label, control);
    return wrapper;
  }

  function choice(values) {
    const select = document.createElement("select");
    for (const [value, text] of values) select.add(new Option(text, value));
    return select;
  }

  const distinct = (rows, key) => [...new Set(rows.map((row) => row.dataset[key]))];

  /// A search field and two choices above a table.
  function filter(table) {
    const rows = [...table.tBodies].flatMap((body) => [...body.rows])
      .filter((row) => !row.classList.contains("division"));
    const verdicts = table.classList.contains("verdicts");
    const compared = table.classList.contains("compared");
    const search = document.createElement("input");
    search.type = "search";
    const first = verdicts ? "kind" : "operation";
    const choices = [[first, choice([["", "all"], ...distinct(rows, first).map((v) => [v, v])])]];
    if (compared) {
      choices.push(["difference", choice([["", "all"], ["faster", "faster"], ["slower", "slower"],
        ["none", "no difference shown"], ["unjudged", "not judged"]])]);
    } else if (!verdicts) {
      choices.push(["result", choice([["", "all"], ["verified", "verified"],
        ["doubtful", "doubtful"], ["failed", "failed"], ["suspicious", "suspicious"],
        ["unsupported", "unsupported"], ["modelled", "modelled"], ["unverified", "not verified"]])]);
    }
    const count = document.createElement("output");
    const box = document.createElement("div");
    box.className = "filters";
    box.append(field("Find", search));
    for (const [key, select] of choices) {
      box.append(field({ kind: "Verdict", operation: "Operation", result: "Result", difference: "Difference" }[key], select));
    }
    box.append(count);
    const apply = () => {
      const text = search.value.trim().toLowerCase();
      let shown = 0;
      for (const row of rows) {
        const fits = row.textContent.toLowerCase().includes(text) && choices.every(([key, select]) =>
          !select.value || row.dataset[key].split(" ").includes(select.value));
        row.hidden = !fits;
        shown += fits;
      }
      fold(table);
      for (const head of table.querySelectorAll(".division")) {
        head.hidden = ![...head.parentNode.rows].some((row) => row !== head && !row.hidden);
      }
      count.textContent = shown === rows.length ? rows.length + " rows" : shown + " of " + rows.length + " rows";
    };
    box.addEventListener("input", apply);
    apply();
    table.parentNode.before(box);
  }

  for (const table of document.querySelectorAll("table.filterable")) {
    if (table.querySelectorAll("tbody tr:not(.division)").length > 5) filter(table);
  }

  // The entry of a record may be in a closed part of the page.
  const unfold = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folded = target && target.closest("details:not([open])");
    if (folded) folded.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();
})();
