import WaybillCore

/// The money of an order, by what its workflow says is money: fields of cents, and what it computes of them.
struct Money: Sendable {
    struct Amount: Sendable {
        let name: String
        let cents: Int64
    }

    /// A keyed collection with amounts, such as payments.
    struct Ledger: Sendable {
        let name: String
        let columns: [String]
        let rows: [(key: String, about: String, cents: [Int64])]
    }

    let amounts: [Amount]
    let computed: [Amount]
    let ledgers: [Ledger]

    init(_ shown: OrderShown) { self.init(shown.order, shown.workflow, at: shown.times.now) }

    /// - Parameter order: as an operation answers it.
    init(_ order: JSONValue, _ workflow: Workflow?, at now: Moment) {
        guard let workflow else {
            (amounts, computed, ledgers) = ([], [], [])
            return
        }
        let context = order["context"]
        amounts = workflow.context.fields.compactMap { field in
            guard Self.isMoney(field.type), let cents = context[field.name].int else { return nil }
            return Amount(name: Self.words(field.name.string), cents: cents)
        }
        ledgers = workflow.context.fields.compactMap { field in
            guard case .list(let record, _, let isKeyed) = field.type, isKeyed else { return nil }
            return Self.ledger(field.name.string, record, context[field.name].list)
        }
        computed = Self.computed(workflow, context, order, now)
    }

    /// What the workflow calls the total; nil: it computes none.
    var total: Int64? { computed.first { $0.name == "Total" }?.cents }

    var isEmpty: Bool { amounts.isEmpty && computed.isEmpty && ledgers.isEmpty }

    private static func isMoney(_ type: ValueType) -> Bool { type == .number(.cents) || type == .number(.signedCents) }

    /// `freight_cents` is read as `Freight`.
    static func words(_ name: String) -> String {
        let words = (name.hasSuffix("_cents") ? String(name.dropLast(6)) : name).replacing("_", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// Collections whose amounts come and go: those with more than one amount beside the key, such as payments.
    private static func ledger(_ name: String, _ record: RecordType, _ elements: [JSONValue]) -> Ledger? {
        let columns = record.fields.filter { isMoney($0.type) }
        let hasGoods = record.fields.contains { $0.type == .number(.count) }
        guard columns.count > 1, !hasGoods, !elements.isEmpty, let key = record.fields.first else { return nil }
        let about = record.fields.dropFirst().filter { $0.type == .text }
        return Ledger(
            name: name, columns: columns.map { words($0.name.string) },
            rows: elements.map { element in
                (
                    key: element[key.name].plain,
                    about: about.compactMap { element[$0.name].text }.joined(separator: ", "),
                    cents: columns.map { element[$0.name].int ?? 0 }
                )
            })
    }

    private static func computed(
        _ workflow: Workflow, _ context: JSONValue, _ order: JSONValue, _ now: Moment
    ) -> [Amount] {
        let values: [Value]
        do throws(JSONProblem) {
            values = try workflow.context.decode(stored: Array(context.compact.utf8))
        } catch {
            return []
        }
        var configuration = StateSet()
        for path in order["states"].texts {
            var state = workflow.state(path: Text(path))
            while let index = state {
                configuration.insert(index)
                state = workflow.states[index].parent
            }
        }
        var scope = Scope(
            context: values, derived: workflow.derivedExpressions, configuration: configuration, now: now,
            orderID: Text(order["id"].text ?? ""), version: order["version"].int ?? 0,
            placedAt: order["placed_at"].moment ?? now)
        scope.stepsLeft = stepsMax
        return workflow.derived.compactMap { derived in
            guard derived.name.string.hasSuffix("_cents") else { return nil }
            do throws(EvaluationError) {
                guard case .int(let cents) = try evaluate(derived.expression, in: &scope) else { return nil }
                return Amount(name: words(derived.name.string), cents: cents)
            } catch {
                return nil
            }
        }
    }

    /// Steps that the amounts of one page may take.
    private static let stepsMax = 200_000

    var card: HTML {
        section(.class("card"), .dataPart("money")) {
            header {
                h2 { "Money" }
                span(.class("soft small")) { "no currency in the workflow" }
            }
            for ledger in ledgers { table(of: ledger) }
            dl(.class("pairs")) {
                for amount in amounts {
                    dt { HTML(amount.name) }
                    dd { moneyHTML(amount.cents) }
                }
                for (index, amount) in computed.enumerated() {
                    dt(.class(index == 0 ? "sum" : "")) { HTML(amount.name) }
                    dd(.class(index == 0 ? "sum" : "")) { moneyHTML(amount.cents) }
                }
            }
        }
    }

    private func table(of ledger: Ledger) -> HTML {
        let sums = ledger.columns.indices.map { column in
            ledger.rows.reduce(Int64(0)) { sum, row in
                let (next, overflow) = sum.addingReportingOverflow(row.cents[column])
                return overflow ? sum : next
            }
        }
        // A column of nothing but zero says nothing.
        let columns = ledger.columns.indices.filter { column in
            column == 0 || ledger.rows.contains { $0.cents[column] != 0 }
        }
        return WaybillPages.table(.class("plain")) {
            caption(.class("hidden")) { HTML(Self.words(ledger.name)) }
            thead {
                tr {
                    th(.scope("col")) { HTML(Self.words(ledger.name)) }
                    for column in columns { th(.scope("col"), .class("num")) { HTML(ledger.columns[column]) } }
                }
            }
            tbody {
                for row in ledger.rows {
                    tr {
                        th(.scope("row")) {
                            HTML.name(row.key)
                            if !row.about.isEmpty { small { HTML.name(row.about) } }
                        }
                        for column in columns { td(.class("num")) { moneyHTML(row.cents[column]) } }
                    }
                }
            }
            if ledger.rows.count > 1 {
                tfoot {
                    tr {
                        th(.scope("row")) { "Sum" }
                        for column in columns { td(.class("num")) { moneyHTML(sums[column]) } }
                    }
                }
            }
        }
    }
}
