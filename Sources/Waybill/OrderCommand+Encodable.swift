public import Foundation
public import WaybillCore

/// Commands and messages with data of a program's own types.
extension OrderCommand {
    /// A command whose data is a value of the program's own type: `OrderCommand("pay", of: "o-7", data: Pay(...))`.
    ///
    /// Dates become texts in UTC. Amounts are whole minor units: a number that is not whole is refused by the engine.
    ///
    /// - Throws: `EncodingError` when the value cannot be written as JSON.
    @_disfavoredOverload
    public init(
        _ name: EventName, of order: OrderID, data: some Encodable, workflow: WorkflowName? = nil, role: String? = nil,
        key: String? = nil, caller: String = "", expectedVersion: Int64? = nil, lane: String = "", trace: String? = nil
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(Moment(date).iso8601)
        }
        self.init(
            name, of: order, json: Array(try encoder.encode(data)), workflow: workflow, role: role, key: key,
            caller: caller, expectedVersion: expectedVersion, lane: lane, trace: trace)
    }
}

extension Delivery {
    /// Reads what the message says into a type of the program: the body as JSON, and of a CloudEvents body its `data`.
    /// The messages of orders have such a body, whose `data` is `order`, `version`, `type`, `status` and the command's
    /// `data`.
    ///
    /// - Throws: `DecodingError` when the body says something else.
    public func decode<Content: Decodable>(_ type: Content.Type = Content.self) throws -> Content {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            let text = try container.decode(String.self)
            guard let moment = Moment(iso8601: Text(text)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no time in UTC")
            }
            return moment.date
        }
        let body = Data(body)
        // Only an object can have the mark.
        let isObject = self.body.first { $0 != UInt8(ascii: " ") } == UInt8(ascii: "{")
        if isObject, try decoder.decode(CloudEventMark.self, from: body).specversion != nil {
            return try decoder.decode(CloudEventBody<Content>.self, from: body).data
        }
        return try decoder.decode(type, from: body)
    }
}

/// What tells a CloudEvents body from others.
private struct CloudEventMark: Decodable {
    let specversion: String?
}

private struct CloudEventBody<Content: Decodable>: Decodable {
    let data: Content
}

extension Moment {
    /// A date of Foundation; beyond the 64-bit range of milliseconds the end of it.
    public init(_ date: Date) {
        let milliseconds = (date.timeIntervalSince1970 * 1_000).rounded()
        self.init(milliseconds: Int64(exactly: milliseconds) ?? (milliseconds < 0 ? .min : .max))
    }

    /// The same as a date of Foundation.
    public var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1_000) }
}

extension Interval {
    /// A length of time in whole milliseconds, rounded towards zero; beyond the 64-bit range the end of it.
    public init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .seconds(seconds) + Interval(milliseconds: attoseconds / 1_000_000_000_000_000)
    }

    /// The same as a duration of Swift.
    public var duration: Duration { .milliseconds(milliseconds) }
}
