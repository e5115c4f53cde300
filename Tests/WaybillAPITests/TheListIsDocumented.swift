import Testing
import Waybill
import WaybillAPI
import WaybillCore

/// What the documentation says of answers is what examples show.
@Suite struct `The list of operations` {
    @Test func `names each operation and each route once`() {
        let names = API.operations.map(\.name)
        let routes = API.operations.map { "\($0.method.rawValue) \($0.path.text)" }
        #expect(Set(names).count == names.count)
        #expect(Set(routes).count == routes.count)
    }

    @Test func `is the whole of the document, with nothing else in it`() async throws {
        let shop = try APIShop(workflows: [])
        let document = try JSON(reading: await shop.send(.init(get: "/openapi.json"), as: nil).body)
        guard case .object(let paths)? = document["paths"] else { throw Problem(.defect, "no paths") }
        var described: [String] = []
        for path in paths {
            guard case .object(let methods) = path.value else { continue }
            for method in methods {
                let name = method.value["operationId"]?.asText ?? "none"
                described.append("\(name) \(method.name.uppercased()) \(path.name)")
                #expect(method.value["responses"] != nil, "\(name)")
            }
        }
        #expect(
            described.sorted()
                == API.operations.map { "\($0.name) \($0.method.rawValue) \($0.path.text)" }.sorted())
    }

    @Test func `names the header fields that a request may have, and those of answers`() async throws {
        let shop = try APIShop(workflows: [])
        let document = try JSON(reading: await shop.send(.init(get: "/openapi.json"), as: nil).body)
        func members(_ json: JSON?) -> [JSON.Member] { if case .object(let members)? = json { members } else { [] } }
        func described(_ path: String, _ method: String) throws -> (read: [String], answered: [String]) {
            let operation = try #require(document["paths"]?[path]?[method])
            let parameters = operation["parameters"]?.elements ?? []
            let answers = members(operation["responses"])
            return (
                parameters.filter { $0["in"]?.asText == "header" }.compactMap { $0["name"]?.asText }.sorted(),
                Set(answers.flatMap { members($0.value["headers"]).map(\.name) }).sorted()
            )
        }
        let place = try described("/v1/orders", "post")
        let all = ["Idempotency-Key", "Prefer", "Waybill-Lane", "Waybill-Not-After-Ms", "Waybill-Role", "X-Request-Id"]
        #expect(place.read == (all + ["If-None-Match", "traceparent"]).sorted())
        #expect(place.answered == ["ETag", "Idempotency-Replayed", "Location", "Retry-After"])
        let command = try described("/v1/orders/{order}/commands/{command}", "post")
        #expect(command.read == (all + ["If-Match", "traceparent"]).sorted())
        #expect(try described("/v1/orders", "get").read == ["X-Request-Id"])
        #expect(try described("/v1/orders", "get").answered == ["Link", "Retry-After"])
        let metrics = document["paths"]?["/metrics"]?["get"]?["responses"]?["200"]?["content"]
        #expect(metrics?["text/plain"] != nil)
    }

    @Test func `says of each problem what helps, as JSON and as a page`() async throws {
        let shop = try APIShop(workflows: [])
        for code in ProblemCode.allCases {
            let problem = Problem(code, "x").reply(requestID: "r-1", instance: "/v1/orders")
            let type = try #require(try JSON(reading: problem.body)["type"]?.asText)
            let told = try JSON(reading: await shop.send(.init(get: type), as: nil).body)
            #expect(told["status"] == .int(Int64(problem.status)) && told["remedy"]?.asText == code.remedy)
            let page = await shop.send(Example.Step(.get, type, [(.accept, "text/html,*/*;q=0.8")]), as: nil)
            #expect(
                page.contentType == "text/html; charset=utf-8" && page.text.contains("<code>\(code.rawValue)</code>"))
        }
        #expect(await shop.send(.init(get: "/problems/none"), as: nil).code == "not_found")
    }

    @Test func `shows answers that have the form it describes`() throws {
        for operation in API.operations where !operation.example.isBeginning && !operation.example.answer.isEmpty {
            guard let answer = operation.answers.first(where: { $0.status == operation.example.status }) else {
                continue
            }
            let schema = try #require(answer.schema, "\(operation.name)")
            let json = try JSON(reading: Array(operation.example.answer.utf8))
            #expect(faults(of: json, as: schema, at: operation.name) == [])
        }
    }

    @Test func `tells an answer with a field too few or of another type`() throws {
        let schema = Schema.object([Field("free", .integer(), isRequired: true)])
        #expect(faults(of: [:], as: schema, at: "a") == ["a.free is missing"])
        #expect(faults(of: ["free": "98"], as: schema, at: "a") == ["a.free is no number"])
        #expect(faults(of: ["free": 98, "more": 1], as: schema, at: "a") == ["a.more is not described"])
    }

    /// What of a value does not have a form.
    private func faults(of json: JSON, as schema: Schema, at path: String) -> [String] {
        switch (schema, json) {
        case (.named(let name), _):
            guard let named = NamedSchemas.all.first(where: { $0.name == name }) else { return ["no schema \(name)"] }
            return faults(of: json, as: named.schema, at: path)
        case (.nullable, .null), (.any, _), (.anyObject, .object): return []
        case (.nullable(let inner), _): return faults(of: json, as: inner, at: path)
        case (.text, .text), (.word, .text), (.time, .text), (.duration, .text), (.boolean, .bool): return []
        case (.integer(let range), .int(let number)): return range.contains(number) ? [] : ["\(path) is out of range"]
        case (.array(let element, _), .array(let elements)):
            return elements.enumerated().flatMap { faults(of: $1, as: element, at: "\(path)[\($0)]") }
        case (.map(let value), .object(let members)):
            return members.flatMap { faults(of: $0.value, as: value, at: "\(path).\($0.name)") }
        case (.object(let fields), .object(let members)):
            let missing = fields.filter { field in field.isRequired && json[field.name] == nil }
            return missing.map { "\(path).\($0.name) is missing" }
                + members.flatMap { member -> [String] in
                    let place = "\(path).\(member.name)"
                    guard let field = fields.first(where: { $0.name == member.name }) else {
                        return ["\(place) is not described"]
                    }
                    return faults(of: member.value, as: field.schema, at: place)
                }
        case (.integer, _): return ["\(path) is no number"]
        default: return ["\(path) has another form"]
        }
    }
}
