// MathJax without a browser: set(formulas) returns their HTML, style() the style sheet it needs.
const { mathjax } = MathJax._.mathjax;
const adaptor = MathJax._.adaptors.liteAdaptor.liteAdaptor();
const handler = MathJax._.handlers.html_ts.RegisterHTMLHandler(adaptor);
MathJax._.a11y["assistive-mml"].AssistiveMmlHandler(handler); // MathML, for screen readers
const tex = new MathJax._.input.tex_ts.TeX({
  packages: ["base", "ams"],
  formatError(_, error) {
    throw error;
  },
});
const letters = new MathJax._.output.chtml.fonts.tex_ts.TeXFont({ fontURL: "fonts" });
const chtml = new MathJax._.output.chtml_ts.CHTML({ font: letters });
const chapter = mathjax.document("", { InputJax: tex, OutputJax: chtml });
// Match the size of formulas to the surrounding text, whose fonts have a large x-height.
const scale = 1.2;

function set(formulas) {
  return formulas.map(([source, display]) => adaptor.outerHTML(chapter.convert(source, { display, scale })));
}

function style() {
  return adaptor.textContent(chtml.styleSheet(chapter));
}
