import Waybill

/// What a message of the topic `member` says: who, and the address if it is in there.
struct MemberNews {
    static let topic: TopicName = "member"

    let member: String
    let email: String?

    init(_ delivery: Delivery) throws {
        let body = try JSON(reading: delivery.body)
        member = try body.text(of: "member")
        email = body["email"]?.asText
    }
}
