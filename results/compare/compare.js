// Draws speeds as bars that start at 1, with their intervals. The tables have the same numbers.
(function () {
  "use strict";

  const data = JSON.parse(document.getElementById("data").textContent);
  const colour = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const colours = { faster: "good", slower: "bad", none: "none", unjudged: "none" };
  const kBar = 26, kLabel = 46;

  const shortened = (text, length) => (text.length > length ? text.slice(0, length - 1) + "…" : text);

  // Draws the interval of each bar, and a line at 1.
  const whiskers = {
    id: "whiskers",
    afterDatasetsDraw(chart, args, figure) {
      const { ctx, scales: { x }, chartArea: area } = chart;
      ctx.save();
      ctx.strokeStyle = colour("ink");
      ctx.lineWidth = 1.5;
      ctx.beginPath();
      ctx.moveTo(x.getPixelForValue(1), area.top);
      ctx.lineTo(x.getPixelForValue(1), area.bottom);
      chart.getDatasetMeta(0).data.forEach((element, index) => {
        const bar = figure.bars[index];
        if (bar.lower === null || bar.upper === null) return;
        const from = x.getPixelForValue(bar.lower), to = x.getPixelForValue(bar.upper);
        ctx.moveTo(from, element.y);
        ctx.lineTo(to, element.y);
        for (const end of [from, to]) {
          ctx.moveTo(end, element.y - 4);
          ctx.lineTo(end, element.y + 4);
        }
      });
      ctx.stroke();
      ctx.restore();
    },
  };

  function options(figure, narrow) {
    const low = Math.min(1, ...figure.bars.map((bar) => bar.lower ?? bar.value));
    const high = Math.max(1, ...figure.bars.map((bar) => bar.upper ?? bar.value));
    const room = (high / low) ** 0.06 * 1.01;
    const axis = { color: colour("quiet"), font: { size: 11 } };
    return {
      indexAxis: "y", animation: false, responsive: true, maintainAspectRatio: false,
      scales: {
        x: {
          type: "logarithmic", min: low / room, max: high * room,
          grid: { color: colour("line"), borderColor: colour("line") },
          ticks: { ...axis, maxTicksLimit: 8, callback: (value) => String(Number(value.toPrecision(3))) },
        },
        y: {
          grid: { display: false, borderColor: colour("line") },
          ticks: { ...axis, autoSkip: false,
                   callback: (value, index) => shortened(figure.bars[index].label, narrow ? 16 : kLabel) },
        },
      },
      plugins: {
        legend: { display: false },
        whiskers: figure,
        tooltip: {
          displayColors: false,
          callbacks: { label: (item) => figure.bars[item.dataIndex].text },
        },
      },
    };
  }

  function content(figure) {
    return {
      labels: figure.bars.map((bar) => bar.label),
      datasets: [{
        data: figure.bars.map((bar) => [Math.min(1, bar.value), Math.max(1, bar.value)]),
        backgroundColor: figure.bars.map((bar) => colour(colours[bar.difference])),
        barThickness: 12, borderSkipped: false,
      }],
    };
  }

  const redraws = data.bars.map((figure) => {
    const box = document.getElementById(figure.id), plot = box.querySelector(".plot");
    box.hidden = false;
    plot.style.height = kBar * figure.bars.length + 50 + "px";
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", figure.title + ". The tables below have each number.");
    plot.append(canvas);
    const narrow = innerWidth < 720;
    const chart = new Chart(canvas, {
      type: "bar", data: content(figure), options: options(figure, narrow), plugins: [whiskers],
    });
    return () => {
      chart.data = content(figure);
      chart.options = options(figure, narrow);
      chart.update();
    };
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const redraw of redraws) redraw();
  });
})();
