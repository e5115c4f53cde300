// One function for each element, in the words of HTML.

func div(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("div", attributes, content())
}

func span(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("span", attributes, content())
}

func p(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("p", attributes, content())
}

func a(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("a", attributes, content())
}

func b(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("b", attributes, content())
}

func code(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("code", attributes, content())
}

func ul(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("ul", attributes, content())
}

func ol(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("ol", attributes, content())
}

func li(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("li", attributes, content())
}

func dl(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("dl", attributes, content())
}

func dt(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("dt", attributes, content())
}

func dd(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("dd", attributes, content())
}

func h1(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("h1", attributes, content())
}

func h2(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("h2", attributes, content())
}

func h3(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("h3", attributes, content())
}

func h4(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("h4", attributes, content())
}

func section(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("section", attributes, content())
}

func header(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("header", attributes, content())
}

func footer(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("footer", attributes, content())
}

func small(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("small", attributes, content())
}

func table(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("table", attributes, content())
}

func thead(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("thead", attributes, content())
}

func tbody(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("tbody", attributes, content())
}

func tfoot(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("tfoot", attributes, content())
}

func tr(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("tr", attributes, content())
}

func th(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("th", attributes, content())
}

func td(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("td", attributes, content())
}

func caption(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("caption", attributes, content())
}

func nav(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("nav", attributes, content())
}

func article(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("article", attributes, content())
}

func form(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("form", attributes, content())
}

func label(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("label", attributes, content())
}

func select(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("select", attributes, content())
}

func option(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("option", attributes, content())
}

func textarea(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("textarea", attributes, content())
}

func button(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("button", attributes, content())
}

func details(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("details", attributes, content())
}

func summary(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("summary", attributes, content())
}

func pre(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("pre", attributes, content())
}

func bdi(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("bdi", attributes, content())
}

func svg(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("svg", attributes, content())
}

func strong(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("strong", attributes, content())
}

func html(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("html", attributes, content())
}

func head(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("head", attributes, content())
}

func body(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("body", attributes, content())
}

func title(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("title", attributes, content())
}

func mainPart(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("main", attributes, content())
}

func timeElement(_ attributes: Attribute?..., @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("time", attributes, content())
}

func input(_ attributes: Attribute?...) -> HTML { HTML(void: "input", attributes) }
func meta(_ attributes: Attribute?...) -> HTML { HTML(void: "meta", attributes) }
func link(_ attributes: Attribute?...) -> HTML { HTML(void: "link", attributes) }
func lineBreak() -> HTML { HTML(void: "br", []) }
func rect(_ attributes: Attribute?...) -> HTML { HTML("rect", attributes, HTML()) }
func script(_ attributes: Attribute?...) -> HTML { HTML("script", attributes, HTML()) }

/// Puts pieces one after another.
func pieces(@HTMLBuilder _ content: () -> HTML) -> HTML { content() }

extension [HTML] {
    /// All of them, with something between two.
    func joined(by separator: HTML) -> HTML {
        enumerated().reduce(into: HTML()) { html, piece in
            if piece.offset > 0 { html += separator }
            html += piece.element
        }
    }
}
