extension Refusal {
    /// A condition of a workflow that is not true, and why.
    public struct Condition: Hashable, Sendable {
        /// The condition as the workflow has it.
        public var text: String
        /// The sentence that the workflow gives for it (`because:`); nil: it gives none.
        public var because: String?
        /// What in it is not true; both halves of an OR, the failing halves of an AND.
        public var parts: [Part]

        /// A part of a condition, with what it found.
        public struct Part: Hashable, Sendable {
            /// The part as the workflow has it.
            public var text: String
            /// What stands there now: `1 + 2 <= 2 is false`, `there is no line 9; there are 1, 2`.
            public var finding: String
            /// The field of the command's data that it reads first; nil: it reads none.
            public var field: String?

            package init(text: String, finding: String, field: String? = nil) {
                self.text = text
                self.finding = finding
                self.field = field
            }
        }

        package init(_ text: String, because: String? = nil, parts: [Part] = []) {
            self.text = text
            self.because = because
            self.parts = parts
        }
    }

    /// Why lines of a reservation cannot be had: what else is short, and what kind of stock it is.
    public struct Shortage: Hashable, Sendable {
        /// What stands in the way.
        public enum Kind: Hashable, Sendable {
            /// There is such a stock, and too little of it.
            case stock
            /// There has never been such a stock.
            case unknown
            /// It is a limit: what one buyer, coupon or sale may have. With the limit itself.
            case limit(Int64)
        }

        /// A stock of which more was asked than is there.
        public struct Line: Hashable, Sendable {
            public var stock: StockKey
            /// By all lines together.
            public var asked: Int64
            public var free: Int64
            /// How many lines ask for it.
            public var lines: Int
            public var kind: Kind

            package init(_ stock: StockKey, asked: Int64, free: Int64, lines: Int = 1, kind: Kind = .stock) {
                self.stock = stock
                self.asked = asked
                self.free = free
                self.lines = lines
                self.kind = kind
            }
        }

        public var kind: Kind
        /// How many lines ask for the first one that is short.
        public var lines: Int
        /// The sentence that the workflow gives for it (`because:`); nil: it gives none.
        public var because: String?
        /// What is short besides it.
        public var others: [Line]

        public init(_ kind: Kind = .stock, lines: Int = 1, because: String? = nil, others: [Line] = []) {
            self.kind = kind
            self.lines = lines
            self.because = because
            self.others = others
        }
    }
}

extension Refusal.Condition: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(text) }
}

extension Refusal.Condition {
    /// The condition with what was found, in words: the workflow's own sentence first where it gives one.
    var sentence: String {
        let plain = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        guard !parts.isEmpty else { return because ?? plain }
        let isWhole = parts.count == 1 && parts[0].text.withoutBlanks == plain.withoutBlanks
        let found = parts.map { isWhole ? $0.finding : "\($0.text): \($0.finding)" }.joined(separator: "; ")
        guard let because else { return "\(plain) (\(found))" }
        return "\(because) (\(isWhole ? "\(plain): " : "")\(found))"
    }

    var values: RefusalValues {
        let parts = parts.map { part in
            RefusalValues().with("text", part.text).with("finding", part.finding)
                .with("field", part.field.map { .text($0) })
        }
        return RefusalValues().with("text", text).with("because", because.map { .text($0) })
            .with("parts", parts.isEmpty ? nil : .list(parts))
    }
}

extension Refusal.Shortage.Line {
    /// `3 of mug at berlin asked, 2 free`.
    var sentence: String {
        let place = stock.location.text.isEmpty ? "" : " at \(stock.location)"
        let asked = "\(self.asked) of \(stock.sku)\(place) asked\(lines > 1 ? " in \(lines) lines" : "")"
        return switch kind {
        case .stock: "\(asked), \(free) free"
        case .unknown: "\(asked), and there is no such stock"
        case .limit(let limit): "\(asked), \(free) left of the limit of \(limit)"
        }
    }

    var values: RefusalValues {
        let named = RefusalValues().with(sku: stock.sku, at: stock.location).with("asked", asked)
        let counted = lines > 1 ? named.with("lines", Int64(lines)) : named
        return switch kind {
        case .stock: counted.with("free", free)
        case .unknown: counted.with("free", 0).with("unknown", .flag(true))
        case .limit(let limit): counted.with("free", free).with("limit", limit)
        }
    }
}

extension Refusal.Shortage {
    /// The values of the first line that is short; those of all, when there are more.
    func values(first: Line) -> RefusalValues {
        first.values.with("because", because.map { .text($0) })
            .with("short", others.isEmpty ? nil : .list(([first] + others).map(\.values)))
    }
}

extension String {
    /// For comparing conditions, whose layout is the author's.
    fileprivate var withoutBlanks: String { filter { !$0.isWhitespace } }
}
