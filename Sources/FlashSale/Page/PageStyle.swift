/// The looks of the pages: one text in the page itself, for light and dark, for wide and narrow, and for paper.
enum PageStyle {
    static let css = """
        :root{color-scheme:light dark;--paper:#f6f6f3;--card:#fff;--ink:#191d21;--soft:#5d666f;--grid:#e6e6e1;\
        --rule:#dededa;--blue:#2b6cd9;--teal:#0e9384;--amber:#d08700;--red:#d0433a;--violet:#7857e0;--grey:#9aa3ab;\
        --pink:#cf4f93;--green:#2f9650;--good:#e7f4ea;--goodink:#17602f;--bad:#fbe8e6;--badink:#8f1f18}
        @media (prefers-color-scheme:dark){:root{--paper:#0f1317;--card:#171c21;--ink:#e8ecef;--soft:#98a3ad;\
        --grid:#262d34;--rule:#2a3138;--blue:#6ba4ff;--teal:#3cc7b4;--amber:#eeb145;--red:#ff7b72;--violet:#a78bfa;\
        --grey:#6f7a84;--pink:#f08bbd;--green:#5cc87c;--good:#14291b;--goodink:#8fdda6;--bad:#33191a;--badink:#ffaaa3}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",\
        Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%}
        main{max-width:1120px;margin:0 auto;padding:40px 24px 56px}
        header p{color:var(--soft);margin:6px 0 0;max-width:72ch}
        h1{font-size:30px;line-height:1.2;margin:0;letter-spacing:-.02em;overflow-wrap:anywhere}
        h2{font-size:20px;margin:44px 0 14px;letter-spacing:-.01em}
        h3{font-size:15px;margin:0;font-weight:650}
        .eyebrow{font-size:13px;color:var(--soft);margin:0 0 6px;overflow-wrap:anywhere}
        .verdict{border-radius:12px;padding:16px 20px;margin:24px 0 0;background:var(--good);color:var(--goodink)}
        .verdict.bad{background:var(--bad);color:var(--badink)}
        .verdict+.card{margin-top:12px}.verdict b{display:block;font-size:19px;letter-spacing:-.01em}
        .verdict ul{margin:8px 0 0;padding-left:20px}
        .tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:12px;margin-top:12px}
        .tile,.card{background:var(--card);border:1px solid var(--rule);border-radius:12px}
        .tile{padding:14px 16px}
        .tile span{display:block;color:var(--soft);font-size:13px}
        .tile b{display:block;font-size:25px;line-height:1.25;font-weight:650;letter-spacing:-.02em;\
        font-variant-numeric:tabular-nums}
        .tile i{display:block;font-style:normal;color:var(--soft);font-size:13px;line-height:1.4}
        .charts{display:grid;grid-template-columns:1fr 1fr;gap:14px}
        .card{padding:16px 18px 12px;min-width:0}
        .card p{margin:2px 0 8px;color:var(--soft);font-size:13px;line-height:1.45}
        .legend{display:flex;flex-wrap:wrap;gap:4px 14px;font-size:13px;margin:0 0 4px;padding:0;list-style:none}
        .legend li{display:flex;align-items:center;gap:6px;overflow-wrap:anywhere}
        .swatch{width:10px;height:10px;border-radius:3px;background:currentColor;flex:none}
        .blue{color:var(--blue)}.teal{color:var(--teal)}.amber{color:var(--amber)}.red{color:var(--red)}
        .violet{color:var(--violet)}.grey{color:var(--grey)}.pink{color:var(--pink)}.green{color:var(--green)}
        svg{display:block;width:100%;height:auto;overflow:visible}
        .grid{stroke:var(--grid);stroke-width:1}.tick{fill:var(--soft);font-size:11.5px;font-family:inherit;\
        font-variant-numeric:tabular-nums}.end{text-anchor:end}.middle{text-anchor:middle}
        .fill{fill:currentColor}.line{fill:none;stroke:currentColor;stroke-width:1.8;stroke-linejoin:round;\
        stroke-linecap:round}.area{fill:currentColor;opacity:.16}
        .mark{stroke:var(--red);stroke-dasharray:3 3}text.mark{fill:var(--red);stroke:none}
        table{border-collapse:collapse;width:100%;font-size:14.5px;font-variant-numeric:tabular-nums}
        .scroll{overflow-x:auto}
        th{font-weight:600;color:var(--soft);font-size:13px;text-align:right;padding:6px 10px;white-space:nowrap}
        td{text-align:right;padding:7px 10px;border-top:1px solid var(--rule);white-space:nowrap}
        th:first-child,td:first-child{text-align:left;white-space:normal;overflow-wrap:anywhere;min-width:9ch}
        td.left{text-align:left}
        .bars td:first-child{width:34%}.bars td:nth-child(3){width:52%}
        .bar{display:block;height:12px;border-radius:3px;background:currentColor;min-width:2px}
        .yes{color:var(--green);font-weight:600}.no{color:var(--red);font-weight:600}
        .advice{margin:0;padding-left:20px}.advice li{margin:7px 0;max-width:88ch}
        footer{margin-top:44px;padding-top:14px;border-top:1px solid var(--rule);color:var(--soft);font-size:13px;\
        overflow-wrap:anywhere}
        @media (max-width:760px){main{padding:24px 14px 40px}h1{font-size:24px}.charts{grid-template-columns:1fr}\
        .tiles{grid-template-columns:1fr 1fr}.tile b{font-size:21px}.card{padding:14px 12px 10px}\
        table{font-size:13px}th{font-size:12px}th,td{padding-left:5px;padding-right:5px}\
        .tick{font-size:14px}h2{margin-top:34px}}
        @media print{body{background:#fff}.card,.tile,.verdict{break-inside:avoid}}
        """
}

/// The frame of a page: everything it needs is in it.
struct PageFrame {
    /// - Parameter title: what the browser's tab says.
    static func html(title: String, _ body: (inout Markup) -> Void) -> String {
        var page = Markup()
        page.tag("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        page.tag("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        // No script, nothing from elsewhere: even a name that slipped through could do nothing.
        page.tag("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
        page.tag("style-src 'unsafe-inline'\">\n")
        page.element("title", title)
        page.tag("\n<style>\n")
        page.drawing(PageStyle.css)
        page.tag("\n</style>\n</head>\n<body>\n<main>\n")
        body(&page)
        page.tag("\n</main>\n</body>\n</html>\n")
        return page.html
    }
}
