/// A table of a list: cards where there is little room.
struct ListTable: Sendable {
    struct Column: Sendable {
        let title: String
        var isNumber = false

        init(_ title: String, isNumber: Bool = false) {
            self.title = title
            self.isNumber = isNumber
        }
    }

    /// One cell with how it looks as part of a card.
    struct Cell: Sendable {
        var content: HTML
        /// Its label is left out: it says itself what it is.
        var isSaid = false
        /// It takes a whole row.
        var isWide = false
        /// It is left out.
        var isNone = false

        init(_ content: HTML, isSaid: Bool = false, isWide: Bool = false, isNone: Bool = false) {
            self.content = content
            self.isSaid = isSaid
            self.isWide = isWide
            self.isNone = isNone
        }
    }

    let caption: String
    let columns: [Column]
    /// Whether it becomes cards; tables of few short columns stay tables.
    var hasCards = true
    /// The first cell of each is the head of its row.
    let rows: [[Cell]]

    var html: HTML {
        table(.class(hasCards ? "cards" : ""), .role("table")) {
            WaybillPages.caption(.class("hidden")) { HTML(caption) }
            thead(.role("rowgroup")) {
                tr(.role("row")) {
                    for column in columns {
                        th(.role("columnheader"), .scope("col"), .class(column.isNumber ? "num" : "")) {
                            HTML(column.title)
                        }
                    }
                }
            }
            tbody(.role("rowgroup")) {
                for row in rows {
                    tr(.role("row")) {
                        if let head = row.first { th(.role("rowheader"), .scope("row")) { head.content } }
                        for (column, cell) in zip(columns.dropFirst(), row.dropFirst()) { self.cell(cell, column) }
                    }
                }
            }
        }
    }

    private func cell(_ cell: Cell, _ column: Column) -> HTML {
        var classes: [String] = []
        if column.isNumber { classes.append("num") }
        if cell.isSaid { classes.append("said") }
        if cell.isWide { classes.append("wide") }
        if cell.isNone { classes.append("none") }
        return td(.role("cell"), .dataName(column.title), .class(classes.joined(separator: " "))) {
            span { cell.content }
        }
    }
}

/// A tag: a shape, a colour, and always a word.
func tag(_ role: String, _ word: String, isBig: Bool = false) -> HTML {
    let isLong = word.count > 24
    return span(.class("tag \(role)\(isBig ? " big" : "")\(isLong ? " long" : "")")) { HTML.name(word) }
}

/// The same without a ground, for tables of many.
func mark(_ role: String, _ word: String) -> HTML { span(.class("mark \(role)")) { HTML(word) } }

/// The status of an order: what is over is neutral, all else waits for something.
func statusTag(_ status: String, isFinished: Bool, isBig: Bool = false) -> HTML {
    tag(isFinished ? "off" : "wait", status.isEmpty ? "no status" : status, isBig: isBig)
}

/// What is said where a list has nothing: what is empty, why, and what to do.
func emptyPart(_ what: HTML, @HTMLBuilder _ why: () -> HTML) -> HTML {
    div(.class("empty")) {
        b { what }
        why()
    }
}

/// Links to the pages of a list before and after.
///
/// - Parameters:
///   - words: how many are shown, of what, in which order.
///   - first: the list from its beginning; nil: this is its beginning.
///   - next: nil: this is its end.
func listPages(
    _ words: HTML, first: String?, next: String?, names: (String, String) = ("« First page", "Older ›")
) -> HTML {
    div(.class("pages")) {
        span { words }
        nav(.label("Pages of the list")) {
            if let first {
                a(.class("button"), .href(first)) { HTML(names.0) }
            } else {
                span(.class("button"), .ariaDisabled) { HTML(names.0) }
            }
            if let next {
                a(.class("button"), .href(next)) { HTML(names.1) }
            } else {
                span(.class("button"), .ariaDisabled) { HTML(names.1) }
            }
        }
    }
}
