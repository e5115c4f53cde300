package import WaybillCore

extension JSONWriter {
    package mutating func groupClient(_ client: GroupClient) {
        beginObject()
        member("client", client.name)
        member("lane", client.lane)
        member("holds", client.holds)
        member("heard_at", client.heardAt)
        member("alive", client.isAlive)
        if let library = client.library {
            member("language", library.language)
            member("version", library.version)
            member("address", library.address)
        }
        endObject()
    }
}
