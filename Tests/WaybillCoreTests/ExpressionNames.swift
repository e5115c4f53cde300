import WaybillCore

/// The names that the tests of expressions share: one of every type and unit.
enum Shop {
    static let line = record(
        ("line", .text), ("sku", .text), ("qty", .number(.count)), ("price_cents", .number(.cents)),
        optional: ("note", .text), ("gift", .bool), ("weight", .number(.count)))
    static let payment = record(
        ("payment", .text), ("captured", .number(.cents)), ("refunding", .number(.cents)),
        optional: ("at", .number(.time)))
    static let tag = record(("name", .text), ("size", .number(.count)))

    static let context = record(
        ("shop", .text), ("paid", .bool), ("qty", .number(.count)), ("price_cents", .number(.cents)),
        ("balance_cents", .number(.signedCents)), ("wait", .number(.duration)), ("since", .number(.time)),
        ("lines", .list(of: line, countMax: 200, keyed: true)),
        ("payments", .list(of: payment, countMax: 50, keyed: true)),
        ("tags", .list(of: tag, countMax: 8, keyed: false)),
        ("address", .record(record(("city", .text), optional: ("zip", .text)))),
        optional: ("coupon", .text), ("confirmed", .bool), ("limit", .number(.count)),
        ("extras", .list(of: tag, countMax: 3, keyed: true)))

    static let event = record(
        ("line", .text), ("amount_cents", .number(.cents)), ("by", .number(.duration)),
        ("lines", .list(of: tag, countMax: 10, keyed: false)), optional: ("reason", .text))

    private static let underived = NameScope(
        context: context, event: event, states: ["", "money", "money.unpaid", "money.paid", "goods", "goods.waiting"])
    private static let total = checked("SUM(l IN lines: l.qty * l.price_cents)", in: underived)

    /// Context, event data and states; `total_cents` is derived.
    static let names: NameScope = {
        var names = underived
        names.derived = total.map { [NameScope.Derived(name: "total_cents", $0)] } ?? []
        return names
    }()

    /// What `Scope.derived` holds for `names`.
    static let derived: [Expression] = total.map { [$0.expression] } ?? []

    static func record(
        _ fields: (String, ValueType)..., optional optionals: (String, ValueType)...
    ) -> RecordType {
        RecordType(
            fields.map { RecordType.Field(name: Text($0), type: $1, isOptional: false) }
                + optionals.map { RecordType.Field(name: Text($0), type: $1, isOptional: true) })
    }

    /// The checked expression, or nil when it is refused.
    static func checked(
        _ text: String, in names: NameScope = names, expecting: ExpectedType? = nil
    ) -> CheckedExpression? {
        do throws(ExpressionProblem) {
            return try checkExpression(text, in: names, expecting: expecting)
        } catch {
            return nil
        }
    }

    /// Why the expression is refused, or nil when it is not.
    static func problem(
        _ text: String, in names: NameScope = names, expecting: ExpectedType? = nil
    ) -> ExpressionProblem? {
        do throws(ExpressionProblem) {
            _ = try checkExpression(text, in: names, expecting: expecting)
            return nil
        } catch {
            return error
        }
    }
}
